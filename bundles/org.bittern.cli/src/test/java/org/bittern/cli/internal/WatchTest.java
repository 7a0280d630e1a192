package org.bittern.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.api.engine.UrlReader;
import org.bittern.api.host.EngineHost;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Stop;
import org.bittern.terminal.Terminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WatchTest {
    /** With a limit of one second. */
    private static final int LOOKS_UNTIL_GIVEN_UP = 5;

    private int looks;

    @Test
    void isNotLonelyWhileDataComesFromNoPeer() {
        boolean complete =
                watch(
                                torrent -> {
                                    looks++;
                                    if (looks % (LOOKS_UNTIL_GIVEN_UP - 1) == 0) {
                                        torrent.downloaded++;
                                    }
                                    if (looks > 2 * LOOKS_UNTIL_GIVEN_UP) {
                                        torrent.complete();
                                    }
                                })
                        .untilComplete();

        assertThat(complete).isTrue();
    }

    @Test
    void givesUpWhenNeitherPeersNorDataCome() {
        Watch watch =
                watch(torrent -> {
                    looks++;
                    torrent.downloaded = 7; // of a web seed that then fell silent
                });

        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(watch::untilComplete)
                .withMessage("no peer connected for 1 s");
        assertThat(looks).isEqualTo(1 + LOOKS_UNTIL_GIVEN_UP);
    }

    private static Watch watch(Consumer<FakeTorrent> before) {
        Terminal terminal =
                new Terminal(new ByteArrayOutputStream(), new ByteArrayOutputStream(), false);
        EngineHost unused =
                (EngineHost)
                        Proxy.newProxyInstance(
                                WatchTest.class.getClassLoader(),
                                new Class<?>[] {EngineHost.class},
                                (proxy, method, arguments) -> {
                                    throw new AssertionError(method);
                                });
        UrlReader urls =
                (url, cookies, most, within) -> {
                    throw new AssertionError(url);
                };
        Session session = new Session(unused, urls, Path.of("/"), terminal, new Stop());
        return new Watch(session, List.of(new FakeTorrent().lookedAt(before)), 1, false);
    }
}
