package org.bittern.daemon.internal;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code settings.json}, ours or Transmission's. It is written by the engine's session alone.
 */
final class SettingsFile {
    private static final Logger log = LoggerFactory.getLogger(SettingsFile.class);

    private static final int MAX_BYTES = 4 << 20;
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT =
            new TypeReference<>() {};

    private final Path file;
    private final Consumer<String> operator;
    private final AtomicBoolean scriptsTold = new AtomicBoolean();

    SettingsFile(Path data) {
        this(data, log::warn);
    }

    /**
     * @param operator is told what the file asks for and nobody does
     */
    SettingsFile(Path data, Consumer<String> operator) {
        file = data.resolve("settings.json");
        this.operator = operator;
    }

    /**
     * Reads what is in it and known.
     *
     * @return empty settings when there is no file
     * @throws IOException it cannot be read, or is no JSON object
     */
    Settings read() throws IOException {
        Settings settings = Settings.EMPTY;
        Map<String, @Nullable Object> values = values();
        tellOfScripts(values);
        for (Map.Entry<String, @Nullable Object> entry : values.entrySet()) {
            Optional<Setting<?>> known = EngineSettings.named(entry.getKey());
            Object value = entry.getValue();
            if (known.isPresent() && value != null) {
                settings = parsed(settings, known.get(), value);
            }
        }
        return settings;
    }

    /** Transmission would run them; whoever relies on that should hear that we do not. Once. */
    private void tellOfScripts(Map<String, @Nullable Object> values) {
        List<String> enabled = new ArrayList<>();
        values.forEach((name, value) -> {
            String known = name.replace('_', '-'); // 4.1 writes underscores
            if (known.startsWith("script-torrent-")
                    && known.endsWith("-enabled")
                    && Boolean.TRUE.equals(value)) {
                enabled.add(name);
            }
        });
        if (!enabled.isEmpty() && scriptsTold.compareAndSet(false, true)) {
            operator.accept(
                    "settings.json: %s: scripts are not supported, none is run"
                            .formatted(String.join(", ", enabled)));
        }
    }

    private static Settings parsed(Settings settings, Setting<?> key, Object value) {
        try {
            return settings.parsed(key, value);
        } catch (EngineException e) {
            // Its message would quote the value, and that may be a password.
            log.warn("settings.json: {} has a value that is not allowed", key.name());
            return settings;
        }
    }

    private Map<String, @Nullable Object> values() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(file + " is larger than " + MAX_BYTES + " bytes");
            }
            Map<String, @Nullable Object> values = new ObjectMapper().readValue(bytes, OBJECT);
            return values == null ? Map.of() : values;
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (JacksonException e) {
            throw new IOException(file + " is not a JSON object", e);
        }
    }
}
