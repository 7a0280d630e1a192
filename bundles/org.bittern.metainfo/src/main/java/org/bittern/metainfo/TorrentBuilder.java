package org.bittern.metainfo;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BWriter;
import org.bittern.metainfo.TorrentPlan.PlannedFile;

/** Makes torrents from a plan and the hashes of its content. Mutable; one thread. */
public final class TorrentBuilder {
    private final TorrentPlan plan;
    private final PieceHashes hashes;
    private List<List<String>> trackers = List.of();
    private List<String> webSeeds = List.of();
    private List<HostPort> nodes = List.of();
    private Optional<String> comment = Optional.empty();
    private Optional<String> createdBy = Optional.empty();
    private Optional<Instant> creationDate = Optional.empty();
    private Optional<String> source = Optional.empty();
    private boolean isPrivate;

    /**
     * A builder of the torrent of {@code plan}.
     *
     * @param hashes as a {@link PieceHasher} for the same plan gives them
     */
    public TorrentBuilder(TorrentPlan plan, PieceHashes hashes) {
        this.plan = plan;
        this.hashes = hashes;
    }

    /** Announce URLs in tiers (BEP 12). */
    public TorrentBuilder trackers(List<List<String>> tiers) {
        trackers = tiers;
        return this;
    }

    /** URLs of web seeds (BEP 19). */
    public TorrentBuilder webSeeds(List<String> urls) {
        webSeeds = urls;
        return this;
    }

    /** DHT nodes to start from (BEP 5). */
    public TorrentBuilder nodes(List<HostPort> addresses) {
        nodes = addresses;
        return this;
    }

    /** A remark for people. */
    public TorrentBuilder comment(String text) {
        comment = Optional.of(text);
        return this;
    }

    /** The program that makes the torrent. */
    public TorrentBuilder createdBy(String program) {
        createdBy = Optional.of(program);
        return this;
    }

    /** When the torrent is made; to the second. */
    public TorrentBuilder creationDate(Instant date) {
        creationDate = Optional.of(date);
        return this;
    }

    /** A text that gives the same content another info-hash. */
    public TorrentBuilder source(String text) {
        source = Optional.of(text);
        return this;
    }

    /** Whether only the trackers may name peers (BEP 27). */
    public TorrentBuilder isPrivate(boolean only) {
        isPrivate = only;
        return this;
    }

    /**
     * The bytes of the torrent file, in canonical form.
     *
     * @throws IllegalStateException if the hashes are not those of the plan
     */
    public byte[] build() {
        byte[] info = BWriter.write(info());
        Surroundings around =
                new Surroundings(
                        trackers,
                        webSeeds,
                        List.of(),
                        nodes,
                        new Surroundings.Notes(comment, createdBy, creationDate),
                        new PieceLayers(hashes.layers()));
        byte[] torrent = TorrentWriter.write(ByteBuffer.wrap(info), around, plan.version().hasV2());
        try {
            Metainfo.parse(torrent);
        } catch (MetainfoException e) {
            throw new IllegalStateException("hashes do not fit the plan: " + e.getMessage(), e);
        }
        return torrent;
    }

    private BDict info() {
        BDict.Builder info =
                BDict.builder().put("name", plan.name()).put("piece length", plan.pieceLength());
        if (isPrivate) {
            info.put("private", 1);
        }
        source.ifPresent(text -> info.put("source", text));
        if (plan.version().hasV1()) {
            info.put("pieces", hashes.v1());
            if (plan.singleFile()) {
                info.put("length", plan.files().getFirst().length());
            } else {
                info.put("files", v1Files());
            }
        }
        if (plan.version().hasV2()) {
            info.put("meta version", 2);
            info.put("file tree", new Tree(plan, hashes.roots()).dict());
        }
        return info.build();
    }

    private BList v1Files() {
        List<BValue> list = new ArrayList<>();
        for (int i = 0; i < plan.files().size(); i++) {
            PlannedFile file = plan.files().get(i);
            BDict.Builder entry =
                    BDict.builder().put("length", file.length()).put("path", strings(file.path()));
            if (file.executable()) {
                entry.put("attr", "x");
            }
            list.add(entry.build());
            int pad = plan.padAfter(i);
            if (pad > 0) {
                list.add(
                        BDict.builder()
                                .put("attr", "p")
                                .put("length", pad)
                                .put("path", strings(List.of(".pad", Integer.toString(pad))))
                                .build());
            }
        }
        return new BList(list);
    }

    private static BList strings(List<String> values) {
        return new BList(values.stream().<BValue>map(BString::of).toList());
    }

    /** The file tree of BEP 52, from files that are sorted as in the tree. */
    private record Tree(TorrentPlan plan, List<BString> roots) {

        BDict dict() {
            return directory(0, plan.files().size(), 0);
        }

        /**
         * The entries of files {@code from} to {@code to}, which share {@code depth} elements.
         * Depth is limited by the plan.
         */
        private BDict directory(int from, int to, int depth) {
            BDict.Builder entries = BDict.builder();
            int i = from;
            while (i < to) {
                String name = element(i, depth);
                int end = i + 1;
                while (end < to && element(end, depth).equals(name)) {
                    end++;
                }
                boolean leaf = plan.singleFile() || plan.files().get(i).path().size() == depth + 1;
                entries.put(name, leaf ? leaf(i) : directory(i, end, depth + 1));
                i = end;
            }
            return entries.build();
        }

        private String element(int file, int depth) {
            return plan.singleFile() ? plan.name() : plan.files().get(file).path().get(depth);
        }

        private BDict leaf(int index) {
            PlannedFile file = plan.files().get(index);
            BDict.Builder properties = BDict.builder().put("length", file.length());
            if (file.executable()) {
                properties.put("attr", "x");
            }
            if (file.length() > 0) {
                properties.put("pieces root", roots.get(index));
            }
            return BDict.builder().put("", properties.build()).build();
        }
    }
}
