package org.bittern.transmission.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.rpc.Dialect;
import org.bittern.rpc.FieldNames;
import org.bittern.rpc.FieldProvider;
import org.bittern.rpc.FieldTexts;
import org.bittern.rpc.RpcView;
import org.bittern.rpc.RpcWriter;
import org.jspecify.annotations.Nullable;

/** The same fields as in answers, each for itself. Thread-safe. */
final class LiveView implements RpcView {
    private static final Set<String> TICKING =
            Set.of("secondsDownloading", "secondsSeeding", "etaIdle");

    private static final Map<String, String> COMMON =
            Stream.of(
                            "true", "false", "0", "1", "-1", "-2", "0.0", "1.0", "2.0", "100",
                            "\"\"", "[]")
                    .collect(
                            Collectors.toUnmodifiableMap(Function.identity(), Function.identity()));

    private final Outside outside;
    private final SessionGet session;
    private final JsonFactory json = new JsonFactory();
    private volatile @Nullable Columns columns; // null before the first look: see Columns

    LiveView(Outside outside) {
        this.outside = outside;
        session = new SessionGet(outside);
        json.setRootValueSeparator(null);
    }

    /**
     * What a torrent has, while these providers are there. Not made before it is asked for: a start
     * would take longer by dozens of small classes, one for each field.
     */
    private static final class Columns {
        private static final List<Field> OWN =
                TorrentFields.ALL.values().stream()
                        .filter(field -> field.needs().isEmpty())
                        .sorted(Comparator.comparing(Field::name))
                        .toList();

        private final List<FieldProvider> providers;
        private final List<Field> fields;
        private final FieldNames names;

        Columns(List<FieldProvider> providers) {
            this.providers = providers;
            Map<String, Field> named = new LinkedHashMap<>();
            OWN.forEach(field -> named.put(field.name(), field));
            Set<String> ticking = new HashSet<>(TICKING);
            for (FieldProvider provider : providers) {
                for (Map.Entry<String, Function<TorrentSnapshot, @Nullable Object>> entry :
                        provider.torrentFields().entrySet()) {
                    named.putIfAbsent(
                            entry.getKey(), TorrentGet.field(entry.getKey(), entry.getValue()));
                }
                ticking.addAll(provider.tickingFields());
            }
            fields = List.copyOf(named.values());
            names = new FieldNames(List.copyOf(named.keySet()), ticking);
        }
    }

    @Override
    public FieldTexts torrent(Engine engine, Torrent torrent, @Nullable FieldTexts before) {
        Columns now = columns();
        Row row =
                new Row(
                        torrent,
                        torrent.snapshot(),
                        Row.Details.NONE,
                        new Row.Moment(
                                outside.clock().instant(), engine.settings(), outside.data()));
        List<Member> members = new ArrayList<>(now.fields.size());
        for (Field field : now.fields) {
            members.add(out -> field.value().write(row, out));
        }
        return texts(now.names, members, before);
    }

    /** Those of the providers that are there; made anew only when one came or went. */
    private Columns columns() {
        List<FieldProvider> providers = List.copyOf(outside.providers());
        Columns known = columns;
        if (known == null || !known.providers.equals(providers)) {
            known = new Columns(providers);
            columns = known;
        }
        return known;
    }

    @Override
    public FieldTexts session(Engine engine, @Nullable FieldTexts before) {
        Map<String, Member> members = new LinkedHashMap<>(session.lasting(engine));
        members.putAll(SessionStats.members(engine));
        FieldNames names = new FieldNames(List.copyOf(members.keySet()), SessionStats.TICKING);
        return texts(names, List.copyOf(members.values()), before);
    }

    /** Most fields of most torrents are one of a few texts: thousands of torrents share them. */
    private static String shared(String text) {
        return COMMON.getOrDefault(text, text);
    }

    private FieldTexts texts(FieldNames names, List<Member> members, @Nullable FieldTexts before) {
        FieldTexts known = before != null && before.names().equals(names) ? before : null;
        String[] texts = new String[members.size()];
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = json.createGenerator(text)) {
            RpcWriter out = new RpcWriter(generator, Dialect.LEGACY);
            for (int i = 0; i < texts.length; i++) {
                members.get(i).write(out);
                generator.flush();
                String old = known == null ? null : known.text(i);
                texts[i] =
                        old != null && old.contentEquals(text.getBuffer())
                                ? old
                                : shared(text.toString());
                text.getBuffer().setLength(0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return new FieldTexts(known == null ? names : known.names(), texts);
    }
}
