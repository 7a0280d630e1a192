package org.bittern.demo.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.host.EngineHost;
import org.bittern.demo.Exchange;
import org.bittern.demo.SwapMeter;
import org.bittern.demo.Ticker;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** One demonstration from start to end. For one thread. */
final class Demo {
    /**
     * Slow enough for all exchanges to happen before the download is over, on a busy machine too.
     */
    private static final long BYTES_PER_SECOND = 1_500_000;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SETTLING = Duration.ofMillis(700);
    private static final Duration POLL = Duration.ofMillis(20);

    private final EngineHost host;
    private final BundleContext context;
    private final Options options;
    private final Table table;
    private final Ticker ticker;

    Demo(EngineHost host, BundleContext context, Options options, Table table, Ticker ticker) {
        this.host = host;
        this.context = context;
        this.options = options;
        this.table = table;
        this.ticker = ticker;
    }

    /**
     * Runs it.
     *
     * @return true when the download is what it should be
     */
    boolean run(Path data) throws Exception {
        Engine engine =
                answer(
                        host.start(
                                new EngineHost.EngineStart(
                                        settings(options.directory()), Optional.of(data))));
        Torrent torrent = answer(engine.add(request())).torrent();
        String id = torrent.infoHash().hex();
        answer(
                torrent.addPeer(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), options.peer())));
        await(() -> torrent.snapshot().progress().piecesVerified() > 0);
        exchangeAll(new SwapMeter(host, id, PATIENCE, SETTLING, ticker));
        answer(host.require().apply(limit(false)));
        await(() ->
                host.require()
                        .torrent(id)
                        .map(now -> now.snapshot().progress().complete())
                        .orElse(false));
        answer(host.stop());
        Path copy = options.directory().resolve(options.content().getFileName());
        boolean same = Files.mismatch(options.content(), copy) < 0;
        table.last(same, Files.size(copy));
        return same;
    }

    private void exchangeAll(SwapMeter meter) throws Exception {
        table.head();
        table.row("nothing", "-", meter.measure(() -> ""));
        for (Part part : Part.ALL) {
            for (Exchange way : List.of(Exchange.UPDATE, Exchange.SIDE_BY_SIDE)) {
                Bundle bundle = bundle(part.bundle());
                table.row(
                        part.words(),
                        way.words(),
                        meter.measure(() -> way.exchange(bundle, context)));
            }
        }
    }

    private Bundle bundle(String name) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> name.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no bundle " + name));
    }

    /** All on loopback, and no router is asked for a port. */
    static Settings settings(Path directory) {
        return limit(true)
                .with(NetworkSettings.PEER_PORT, 0)
                .with(NetworkSettings.BIND_ADDRESS_IPV4, "127.0.0.1")
                .with(NetworkSettings.BIND_ADDRESS_IPV6, "")
                .with(NetworkSettings.PORT_FORWARDING_ENABLED, false)
                .with(NetworkSettings.LPD_ENABLED, false)
                .with(NetworkSettings.DHT_ENABLED, true)
                .with(EngineSettings.DOWNLOAD_DIR, directory.toString());
    }

    private static Settings limit(boolean enabled) {
        return Settings.EMPTY
                .with(EngineSettings.SPEED_LIMIT_DOWN, BYTES_PER_SECOND)
                .with(EngineSettings.SPEED_LIMIT_DOWN_ENABLED, enabled);
    }

    private AddTorrent request() throws IOException, MetainfoException {
        byte[] bytes = Files.readAllBytes(options.torrent());
        return AddTorrent.file(Metainfo.parse(bytes), bytes);
    }

    private static <T> T answer(CompletionStage<T> stage)
            throws InterruptedException, ExecutionException, TimeoutException {
        return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void await(BooleanSupplier condition) throws InterruptedException, TimeoutException {
        ticker.await(condition, PATIENCE, POLL, "the download does not go on");
    }
}
