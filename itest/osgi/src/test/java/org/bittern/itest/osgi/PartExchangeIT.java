package org.bittern.itest.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.host.EngineHost;
import org.bittern.demo.Exchange;
import org.bittern.demo.SwapCost;
import org.bittern.demo.SwapMeter;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;

/**
 * Parts of the daemon are exchanged, each in every way, while it downloads from libtorrent, and
 * while libtorrent downloads from it, over TCP and uTP.
 *
 * <p>System properties: {@code bittern.swap.moments}, at how many moments each (1); {@code
 * bittern.swap.seed}, of the moments and the content (printed); {@code bittern.swap.strict}: a
 * quiet machine, gaps have to be as short as docs/exchanging-parts.md says; on any other they are
 * limited, too, see {@link Limit}.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public final class PartExchangeIT {
    private static final int MOMENTS = Integer.getInteger("bittern.swap.moments", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int SECONDS = 60;

    /** Enough for all exchanges on a slow machine; the rest comes at full speed. */
    private static final long BYTES_PER_MOMENT = 192L << 20;

    private static final int BYTES_PER_SECOND = 2 << 20;

    /** The same for what each leech gets. */
    private static final long LEECH_BYTES_PER_MOMENT = 48L << 20;

    private static final int LEECH_BYTES_PER_SECOND = 1 << 20;

    /** Exchanges come at any moment within so many bytes. */
    private static final int WITHIN_BYTES = 256 << 10;

    /** Blocks that peers had begun to send when their links were cut. */
    private static final long IN_FLIGHT_BYTES = 1L << 20;

    /** Blocks on their way to the disk are there after so long. */
    private static final Duration SETTLING = Duration.ofMillis(500);

    /**
     * Parts that are exchanged, and what must hold.
     *
     * @param dropped links that may be lost at a time
     * @param quiet longest time without blocks, and without a link that was lost, on a quiet
     *     machine
     * @param any the same on any machine
     */
    private record Group(int dropped, Duration quiet, Duration any, List<String> bundles) {
        boolean allows(SwapCost cost) {
            Duration limit = Limit.of(quiet, any);
            return cost.droppedPeers() <= dropped
                    && cost.longestGap().compareTo(limit) <= 0
                    && cost.longestRedial().compareTo(limit) <= 0
                    && (dropped == 0 || cost.fetchedTwiceBytes() <= IN_FLIGHT_BYTES);
        }

        Group only(String... parts) {
            List<String> names = Stream.of(parts).map("org.bittern."::concat).toList();
            if (!bundles.containsAll(names)) {
                throw new IllegalArgumentException(names + " are not among " + bundles);
            }
            return new Group(dropped, quiet, any, names);
        }

        /**
         * Links over which others download may take as long to come back on a quiet machine, too.
         */
        Group ofLeeches() {
            return new Group(dropped, any, any, bundles);
        }

        /** Where no link is lost nothing comes twice in the whole download: that is exact. */
        Duration settling() {
            return dropped == 0 ? Duration.ZERO : SETTLING;
        }
    }

    private static final Group UNNOTICED =
            new Group(
                    0,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    List.of(
                            "org.bittern.transmission",
                            "org.bittern.gotorrent",
                            "org.bittern.stream",
                            "org.bittern.tracker",
                            "org.bittern.dht",
                            "org.bittern.lsd",
                            "org.bittern.webseed",
                            "org.bittern.blocklist",
                            "org.bittern.portmap",
                            "org.bittern.state.file",
                            "org.bittern.disk.file",
                            "org.bittern.peer"));

    /** Links over TCP stay. */
    private static final Group UTP =
            new Group(1, Duration.ofSeconds(2), Duration.ofSeconds(5), List.of("org.bittern.utp"));

    /** The engine is closed and another one goes on; links over TCP stay. */
    private static final Group CONTINUED =
            new Group(
                    1,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(10),
                    List.of("org.bittern.engine"));

    /** The same, and no link stays. */
    private static final Group BEGUN_ANEW =
            new Group(2, Duration.ofSeconds(2), Duration.ofSeconds(10), List.of("org.bittern.net"));

    /** All that are exchanged here. */
    public static final Set<String> BUNDLES =
            Stream.of(UNNOTICED, UTP, CONTINUED, BEGUN_ANEW)
                    .flatMap(group -> group.bundles().stream())
                    .collect(Collectors.toUnmodifiableSet());

    /** Of the parts that peers could not notice those that have to do with uploads. */
    private static final List<Group> SERVING =
            List.of(
                    UNNOTICED.only("disk.file", "tracker", "transmission", "peer"),
                    UTP,
                    CONTINUED.ofLeeches(),
                    BEGUN_ANEW.ofLeeches());

    /** The daemon on loopback, with what exchanges and measures. */
    @Configuration
    public static Option[] daemon() throws IOException {
        TemporaryFolder work = new TemporaryFolder();
        work.create();
        // The daemon outlives the tests.
        Thread end = Thread.ofPlatform().name("delete-data").unstarted(work::delete);
        Runtime.getRuntime().addShutdownHook(end);
        Path data = DaemonData.in(work.getRoot().toPath());
        return Composition.of("daemon", data, "demo", "--port", "0");
    }

    @Test(timeout = 1_800_000)
    public void nobodyNoticesTheExchangeOfTheProtocolStoresFindersFiltersAndInterfaces()
            throws Exception {
        Surplus surplus = download(List.of(UNNOTICED));
        assertThat(surplus).isEqualTo(new Surplus(0, 0));
    }

    @Test(timeout = 1_800_000)
    public void peersAreDialledAgainWhenWhatCarriesLinksIsExchanged() throws Exception {
        List<Group> groups = List.of(UTP, CONTINUED, BEGUN_ANEW);
        Surplus surplus = download(groups);
        int bundles = groups.stream().mapToInt(group -> group.bundles().size()).sum();
        int exchanges = bundles * Exchange.values().length * MOMENTS;
        assertThat(surplus.fetchedAgain()).isBetween(0L, exchanges * IN_FLIGHT_BYTES);
    }

    @Test(timeout = 1_800_000)
    public void leechesGoOnWhenWhatServesThemIsExchanged() throws Exception {
        long seed = seed();
        EngineHost host = host();
        long bytes = MOMENTS * LEECH_BYTES_PER_MOMENT;
        try (Leeches leeches = new Leeches(bytes, LEECH_BYTES_PER_SECOND, seed)) {
            AddTorrent request = leeches.request().into(leeches.directory());
            String id = answer(engine(host).add(request)).torrent().infoHash().hex();
            await().atMost(PATIENCE).until(() -> snapshot(host, id).progress().complete());
            link(host, id, leeches.addresses());
            SwapMeter meter = SwapMeter.ofUploads(host, id, PATIENCE);
            List<String> broken = new ArrayList<>();
            Random random = new Random(seed);
            for (Group group : SERVING) {
                broken.addAll(
                        exchangeAll(
                                group,
                                meter,
                                random,
                                () -> host.require().status().uploadedBytes()));
            }
            assertThat(leeches.missingBytes()).as("left after the exchanges").isPositive();
            leeches.lift();
            await().atMost(PATIENCE).until(() -> leeches.missingBytes() == 0);
            for (Path copy : leeches.copies()) { // the last bytes may still be on their way to it
                await().atMost(PATIENCE).until(() -> Files.mismatch(leeches.content(), copy) == -1);
            }
            assertThat(broken).as("seed " + seed).isEmpty();
            answer(host.require().remove(host.require().torrent(id).orElseThrow(), false));
        }
    }

    /**
     * Bytes that came beyond those of the file.
     *
     * @param wasted thrown away until the exchanges were over; later the end game wastes some
     * @param fetchedAgain wanted, and lost after they had come
     */
    private record Surplus(long wasted, long fetchedAgain) {}

    private static Surplus download(List<Group> groups) throws Exception {
        long seed = seed();
        EngineHost host = host();
        try (Seeds seeds = new Seeds(MOMENTS * BYTES_PER_MOMENT, BYTES_PER_SECOND, seed)) {
            Torrent torrent = answer(engine(host).add(seeds.request())).torrent();
            String id = torrent.infoHash().hex();
            link(host, id, seeds.addresses());
            List<String> broken = new ArrayList<>();
            Random random = new Random(seed);
            for (Group group : groups) {
                SwapMeter meter = new SwapMeter(host, id, PATIENCE, group.settling());
                broken.addAll(
                        exchangeAll(
                                group,
                                meter,
                                random,
                                () -> host.require().status().downloadedBytes()));
            }
            long wasted = snapshot(host, id).transfer().wastedBytes();
            seeds.lift();
            await().atMost(PATIENCE).until(() -> snapshot(host, id).progress().complete());
            TorrentSnapshot last = snapshot(host, id);
            Path copy = last.saveDirectory().resolve("content");
            assertThat(Files.mismatch(seeds.content(), copy)).isEqualTo(-1);
            assertThat(broken).as("seed " + seed).isEmpty();
            long size = Files.size(copy);
            assertThat(seeds.sentBytes()).as("sent by the seeds").isGreaterThanOrEqualTo(size);
            answer(host.require().remove(host.require().torrent(id).orElseThrow(), true));
            Surplus surplus = new Surplus(wasted, last.transfer().downloadedEverBytes() - size);
            System.out.println(surplus);
            return surplus;
        }
    }

    private static long seed() {
        long seed = Long.getLong("bittern.swap.seed", new Random().nextInt());
        System.out.println("seed " + seed);
        return seed;
    }

    private static void link(EngineHost host, String id, List<InetSocketAddress> peers)
            throws Exception {
        for (InetSocketAddress peer : peers) {
            answer(host.require().torrent(id).orElseThrow().addPeer(peer));
        }
        await().atMost(PATIENCE)
                .until(() -> snapshot(host, id).swarm().connected() == peers.size());
    }

    /**
     * Returns what did not hold.
     *
     * @param moved bytes since the engine started
     */
    private static List<String> exchangeAll(
            Group group, SwapMeter meter, Random random, LongSupplier moved) throws Exception {
        BundleContext context = FrameworkUtil.getBundle(PartExchangeIT.class).getBundleContext();
        List<String> broken = new ArrayList<>();
        for (int moment = 0; moment < MOMENTS; moment++) {
            for (String bundle : group.bundles()) {
                for (Exchange way : Exchange.values()) {
                    awaitBytes(moved, random.nextInt(WITHIN_BYTES));
                    SwapCost cost =
                            meter.measure(() ->
                                    way.exchange(
                                            ComingAndGoing.components().bundle(bundle), context));
                    String line = line(bundle, way, cost);
                    System.out.println(line);
                    if (!group.allows(cost)) {
                        broken.add(line);
                    }
                }
            }
        }
        return broken;
    }

    private static String line(String bundle, Exchange way, SwapCost cost) {
        return String.format(
                Locale.ROOT,
                "%-24s %-13s gap %5d ms, redial %5d ms, dropped %d, twice %d bytes",
                bundle,
                way.words(),
                cost.longestGap().toMillis(),
                cost.longestRedial().toMillis(),
                cost.droppedPeers(),
                cost.fetchedTwiceBytes());
    }

    private static void awaitBytes(LongSupplier moved, int bytes) {
        long before = moved.getAsLong();
        await().pollInterval(Duration.ofMillis(2))
                .atMost(PATIENCE)
                .until(() -> moved.getAsLong() >= before + bytes);
    }

    private static TorrentSnapshot snapshot(EngineHost host, String id) {
        return host.require().torrent(id).orElseThrow().snapshot();
    }

    private static Engine engine(EngineHost host) {
        return await().atMost(PATIENCE).until(host::engine, Optional::isPresent).orElseThrow();
    }

    private static EngineHost host() {
        BundleContext context = FrameworkUtil.getBundle(PartExchangeIT.class).getBundleContext();
        ServiceReference<EngineHost> reference =
                await().atMost(PATIENCE)
                        .until(
                                () ->
                                        Optional.ofNullable(
                                                context.getServiceReference(EngineHost.class)),
                                Optional::isPresent)
                        .orElseThrow();
        return context.getService(reference);
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }
}
