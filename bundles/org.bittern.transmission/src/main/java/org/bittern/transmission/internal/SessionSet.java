package org.bittern.transmission.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.FieldProvider;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.SessionChange;

/** {@code session-set}: all is read and checked, then put in force at once. Thread-safe. */
final class SessionSet {
    private final Engines engines;
    private final List<FieldProvider> providers;

    SessionSet(Engines engines, List<FieldProvider> providers) {
        this.engines = engines;
        this.providers = providers;
    }

    RpcAnswer perform(RpcRequest request) throws RpcException {
        Arguments arguments = request.arguments();
        Engine engine = engines.require();
        Change change = new Change(engine.settings());
        for (Map.Entry<String, SessionFields.Key> entry : SessionFields.BY_NAME.entrySet()) {
            if (!isShown(arguments, entry.getKey(), entry.getValue(), change.present())) {
                read(arguments, entry.getKey(), entry.getValue(), change);
            }
        }
        encryption(arguments, change);
        transports(arguments, change);
        refuseScripts(arguments);
        for (FieldProvider provider : providers) {
            provider.sessionSet(request, change);
        }
        if (!change.settings.keys().isEmpty()) {
            Engines.await(engine.apply(change.settings));
        }
        return RpcAnswer.NONE;
    }

    /**
     * Clients write back all that they were shown: an empty directory too, which nobody may set.
     */
    private static boolean isShown(
            Arguments arguments, String name, SessionFields.Key key, Settings settings) {
        return key.kind() == SessionFields.Kind.DIRECTORY
                && settings.get(key.setting()).equals(arguments.raw(name));
    }

    private static void read(Arguments arguments, String name, SessionFields.Key key, Change change)
            throws RpcException {
        if (!arguments.has(name)) {
            return;
        }
        Optional<? extends Object> value =
                switch (key.kind()) {
                    case FLAG -> arguments.flag(name);
                    case INTEGER, RATE -> boxed(arguments.integer(name));
                    case DECIMAL ->
                            arguments.decimal(name).isPresent()
                                    ? Optional.of(arguments.decimal(name).getAsDouble())
                                    : Optional.empty();
                    case TEXT -> arguments.text(name);
                    case DIRECTORY -> directory(arguments.text(name), name);
                };
        if (value.isPresent()) {
            change.parse(key.setting(), value.get());
        }
    }

    private static Optional<Long> boxed(OptionalLong number) {
        return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
    }

    private static Optional<String> directory(Optional<String> text, String name)
            throws RpcException {
        String otherwise =
                name.equals("incomplete_dir")
                        ? "incomplete torrents directory path is not absolute"
                        : "download directory path is not absolute";
        return text.isPresent()
                ? Optional.of(TorrentActions.absolute(text.get(), otherwise).toString())
                : Optional.empty();
    }

    private static void encryption(Arguments arguments, Change change) throws RpcException {
        Optional<String> word = arguments.text("encryption");
        if (word.isPresent()) {
            EngineSettings.Encryption encryption = SessionFields.ENCRYPTIONS.get(word.get());
            if (encryption == null) {
                throw new RpcException(
                        RpcError.INVALID_PARAMS,
                        "must be one of \"preferred\", \"required\" or \"allowed\"");
            }
            change.set(EngineSettings.ENCRYPTION, encryption);
        }
    }

    private static void transports(Arguments arguments, Change change) throws RpcException {
        Optional<List<String>> names = arguments.texts("preferred_transports");
        if (names.isEmpty()) {
            return;
        }
        if (names.get().isEmpty() || !List.of("utp", "tcp").containsAll(names.get())) {
            throw new RpcException(
                    RpcError.INVALID_PARAMS, "must be one or two of \"utp\" and \"tcp\"");
        }
        change.set(NetworkSettings.UTP_ENABLED, names.get().contains("utp"));
        change.set(NetworkSettings.TCP_ENABLED, names.get().contains("tcp"));
    }

    /** Whoever may call would run programs on this machine: there is no such thing here. */
    private static void refuseScripts(Arguments arguments) throws RpcException {
        for (String name : arguments.names()) {
            boolean wanted =
                    name.endsWith("_enabled")
                            ? arguments.flag(name).orElse(false)
                            : arguments.text(name).filter(file -> !file.isBlank()).isPresent();
            if (name.startsWith("script_torrent_") && wanted) {
                throw new RpcException(RpcError.INVALID_PARAMS, "scripts are not supported");
            }
        }
    }

    /** What is to be put in force. Owned by the thread of the call. */
    private static final class Change implements SessionChange {
        private final Settings present;
        private Settings settings = Settings.EMPTY;

        Change(Settings present) {
            this.present = present;
        }

        @Override
        public Settings present() {
            return present;
        }

        @Override
        public <T> void set(Setting<T> key, T value) throws RpcException {
            if (settings.has(key) && !settings.get(key).equals(value)) {
                throw new RpcException(
                        RpcError.INVALID_PARAMS, key.name() + ": two names, two values");
            }
            settings = settings.with(key, value);
        }

        <T> void parse(Setting<T> key, Object value) throws RpcException {
            set(key, OptionArguments.parsed(Settings.EMPTY, key, value).get(key));
        }
    }
}
