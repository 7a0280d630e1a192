package org.bittern.standalone.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bittern.api.engine.Settings;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(30)
class OptionsTest {
    private static final int SOME_PORT = 1234;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--port 0",
                "--port 65535 --bind ::1 --dir /tmp/x",
                "--no-dht --peer-port 0 --peer-bind 127.0.0.1 --port 0",
                "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567 --peer a:1 --peer b:2",
                "--dir . file.torrent",
            })
    void readsWhatIsUsuallyTypedAsPicocliDoes(String typed) {
        Options options = Options.plain(words(typed)).orElseThrow();
        assertThat(View.of(options)).isEqualTo(View.of(read(typed)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "-h",
                "--port",
                "--port -1",
                "--port 007",
                "--port x",
                "--port 123456",
                "--port=0",
                "--port 1 --port 2",
                "--no-dht --no-dht",
                "--bind a --bind b",
                "--bind --port",
                "--dir /a --dir /b",
                "--bind @file",
                "@file",
                "one two",
                "-- one",
                "--token t",
                "--password u:p",
                "--unknown x",
            })
    void leavesTheRestToPicocli(String typed) {
        assertThat(Options.plain(words(typed))).isEmpty();
    }

    private static String[] words(String typed) {
        return typed.isEmpty() ? new String[0] : typed.split(" ", -1);
    }

    private static Options read(String typed) {
        Options options = new Options();
        new CommandLine(options).parseArgs(words(typed));
        return options;
    }

    private record View(
            String link,
            List<InetSocketAddress> peers,
            Path directory,
            Settings engine,
            Map<String, List<Object>> door) {
        static View of(Options options) {
            Map<String, List<Object>> door = new TreeMap<>();
            options.door(SOME_PORT)
                    .forEach((key, value) ->
                            door.put(
                                    key,
                                    value instanceof Object[] several
                                            ? List.of(several)
                                            : List.of(value)));
            return new View(
                    options.link(), options.peers(), options.directory(), options.engine(), door);
        }
    }
}
