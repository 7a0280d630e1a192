package org.bittern.tinytorrent.system.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.Dialect;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SystemMethodsTest {
    private static final List<String> HANDLER = List.of("/opt/b ittern", "add", "--");

    @TempDir private Path temp;
    private Path home;
    private final FakePrograms programs = new FakePrograms();
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void findRealPath() throws IOException {
        home = temp.toRealPath();
        environment.put("HOME", home.toString());
        environment.put("DISPLAY", ":0");
    }

    @Test
    void revealsTheDirectoryOfAFileAndTheFileWhereThatCanBe() throws Exception {
        Path file = Files.writeString(home.resolve("-a; rm x.mkv"), "x");
        Path link =
                Files.createSymbolicLink(
                        Files.createDirectory(home.resolve("d")).resolve("l"), file);
        reveal("Linux", file);
        assertThat(programs.started).containsExactly(List.of("xdg-open", home.toString()));
        reveal("Linux", link); // where the link is, not what it leads to
        assertThat(programs.started.getLast()).containsExactly("xdg-open", home + "/d");
        reveal("Linux", Path.of("/"));
        assertThat(programs.started.getLast()).containsExactly("xdg-open", "/");
        reveal("Mac OS X", file);
        assertThat(programs.started.getLast())
                .containsExactly("/usr/bin/open", "-R", file.toString());
        programs.exitCode = OptionalInt.of(1);
        reveal("Windows 11", file);
        assertThat(programs.started.getLast())
                .containsExactly("explorer.exe", "/select,", file.toString());
    }

    @Test
    void opensWhatADoubleClickOpens() throws Exception {
        Path file = Files.writeString(home.resolve("film $(x).mkv"), "x");
        Path link = Files.createSymbolicLink(home.resolve("link"), file);
        open("Linux", link);
        assertThat(programs.started).containsExactly(List.of("xdg-open", file.toString()));
        open("Linux", home);
        open("Mac OS X", file);
        assertThat(programs.started.getLast()).containsExactly("/usr/bin/open", file.toString());
        open("Windows 11", file);
        assertThat(programs.started.getLast())
                .containsExactly("rundll32.exe", "url.dll,FileProtocolHandler", file.toString());
        programs.exitCode = OptionalInt.of(4);
        assertThatThrownBy(() -> open("Linux", file)).hasMessage("failed");
    }

    @Test
    void opensNoProgramsUnlessItIsToldTo() throws Exception {
        Map<String, String> contents = new LinkedHashMap<>();
        contents.put("movie.mkv.exe", "");
        contents.put("Run.SH ", "");
        contents.put("a.desktop", "");
        contents.put(
                "noextension",
                HexFormat.of().formatHex("#!/bin/sh".getBytes(StandardCharsets.UTF_8)));
        contents.put("movie.mkv", "7f454c4602");
        contents.put("movie.avi", "4d5a90");
        for (Map.Entry<String, String> entry : contents.entrySet()) {
            Path file = home.resolve(entry.getKey());
            Files.write(file, HexFormat.of().parseHex(entry.getValue()));
            Path link =
                    Files.createSymbolicLink(
                            home.resolve("x" + contents.size() + file.getFileName() + ".txt"),
                            file);
            assertThatThrownBy(() -> open("Linux", file))
                    .as("%s", file)
                    .hasMessage("access denied");
            assertThatThrownBy(() -> open("Linux", link))
                    .as("%s", link)
                    .hasMessage("access denied");
        }
        assertThat(programs.started).isEmpty();
        Surroundings trusting = new Surroundings(programs, "Linux", environment, HANDLER, true);
        new Open(trusting).perform(request(home.resolve("movie.mkv").toString()));
        assertThat(programs.started).hasSize(1);
    }

    @Test
    void saysWhyItCannot() throws Exception {
        Path file = Files.writeString(home.resolve("a.txt"), "x");
        for (RpcMethod method : List.of(new Open(on("Linux")), new Reveal(on("Linux")))) {
            for (Object wrong : List.of("", "a.txt", 7, List.of(), "/a\0b", "file:///etc")) {
                assertThatThrownBy(() -> method.perform(request(wrong)))
                        .hasMessage("invalid argument");
            }
            assertThatThrownBy(() -> method.perform(request(home + "/no")))
                    .hasMessage("path not found");
        }
        environment.remove("DISPLAY");
        assertThatThrownBy(() -> open("Linux", file)).hasMessage("no desktop session");
        assertThatThrownBy(() -> open("Linux", home.resolve("no"))).hasMessage("path not found");
        environment.put("WAYLAND_DISPLAY", "wayland-0");
        open("Linux", file);
        programs.installed = Set.of();
        assertThatThrownBy(() -> reveal("Linux", file)).hasMessage("not supported");
    }

    @Test
    void announcesWhatWorksHere() {
        assertThat(on("Linux").features())
                .containsExactly("system-integration", "system-register-handler");
        assertThat(on("Mac OS X").features()).containsExactly("system-integration");
        environment.remove("DISPLAY");
        assertThat(on("Linux").features()).containsExactly("system-register-handler");
        programs.installed = Set.of("xdg-open");
        assertThat(on("Linux").features()).isEmpty();
        assertThat(new Surroundings(programs, "Windows 11", Map.of(), List.of(), false).features())
                .containsExactly("system-integration");
    }

    @Test
    void entersTheCommandForMagnetsAndTorrents() throws Exception {
        new Handlers(on("Linux")).perform(request(""));
        Path magnet = home.resolve(".local/share/applications/org.bittern.magnet.desktop");
        Path torrent = home.resolve(".local/share/applications/org.bittern.torrent.desktop");
        assertThat(magnet)
                .content()
                .contains("MimeType=x-scheme-handler/magnet;\n")
                .endsWith("Exec=\"/opt/b ittern\" \"add\" \"--\" %u\n");
        assertThat(torrent)
                .content()
                .contains("MimeType=application/x-bittorrent;\n")
                .endsWith(" %f\n");
        assertThat(programs.ran)
                .contains(
                        List.of(
                                "xdg-mime",
                                "default",
                                "org.bittern.magnet.desktop",
                                "x-scheme-handler/magnet"),
                        List.of(
                                "xdg-mime",
                                "default",
                                "org.bittern.torrent.desktop",
                                "application/x-bittorrent"));
        Path data = home.resolve("xdg");
        environment.put("XDG_DATA_HOME", data.toString());
        new Handlers(on("Linux")).perform(request(""));
        assertThat(data.resolve("applications/org.bittern.torrent.desktop")).exists();
    }

    @Test
    void quotesACommandAsDesktopsReadIt() {
        // The specification's two steps: first \\ of the file, then \" \` \$ \\ of the argument.
        assertThat(DesktopEntry.ALL.getFirst().text(List.of("a\"`$\\%u b")))
                .endsWith("Exec=\"a\\\\\"\\\\`\\\\$\\\\\\\\%%u b\" %u\n");
    }

    @Test
    void tellsWhatStandsInTheWayOfRegistering() throws Exception {
        programs.takesDefaults = false;
        assertThat(refusalOfRegistering(on("Linux")).result()).isEqualTo("error");
        programs.installed = Set.of();
        assertThat(refusalOfRegistering(on("Linux"))).hasMessage("not supported");
        assertThat(refusalOfRegistering(on("Mac OS X")).result()).isEqualTo("error");
        assertThat(
                        refusalOfRegistering(
                                new Surroundings(programs, "Linux", environment, List.of(), false)))
                .hasMessage("not supported");
        assertThat(
                        refusalOfRegistering(
                                new Surroundings(
                                        programs,
                                        "Linux",
                                        environment,
                                        List.of("a\nExec=b"),
                                        false)))
                .hasMessage("not supported");
        programs.failure = Optional.of(new IOException("reg.exe ended with exit code 1"));
        RpcException denied = refusalOfRegistering(on("Windows 11"));
        assertThat(denied.result()).isEqualTo("permission-denied");
        assertThat(denied).hasMessage("permission denied");
    }

    @Test
    void entersTheCommandInTheUsersRegistry() throws Exception {
        new Handlers(on("Windows 11")).perform(request(""));
        assertThat(programs.ran)
                .allSatisfy(command ->
                        assertThat(command)
                                .startsWith("reg.exe", "add")
                                .element(2)
                                .asString()
                                .startsWith("HKCU\\Software\\Classes\\"))
                .contains(
                        List.of(
                                "reg.exe",
                                "add",
                                "HKCU\\Software\\Classes\\magnet\\shell\\open\\command",
                                "/t",
                                "REG_SZ",
                                "/f",
                                "/ve",
                                "/d",
                                "\"/opt/b ittern\" \"add\" \"--\" \"%1\""));
    }

    private RpcException refusalOfRegistering(Surroundings surroundings) {
        try {
            new Handlers(surroundings).perform(request(""));
        } catch (RpcException e) {
            return e;
        }
        throw new AssertionError("nothing was refused");
    }

    private Surroundings on(String system) {
        return new Surroundings(programs, system, environment, HANDLER, false);
    }

    private void reveal(String system, Path path) throws RpcException {
        new Reveal(on(system)).perform(request(path.toString()));
    }

    private void open(String system, Path path) throws RpcException {
        new Open(on(system)).perform(request(path.toString()));
    }

    private static RpcRequest request(Object path) {
        return new RpcRequest(
                Dialect.LEGACY,
                Arguments.of(Map.of("path", path), Dialect.LEGACY),
                true,
                "session");
    }

    /** Notes what is run; xdg-mime remembers. */
    private static final class FakePrograms implements Programs {
        final List<List<String>> started = new ArrayList<>();
        final List<List<String>> ran = new ArrayList<>();
        final Map<String, String> defaults = new HashMap<>();
        Set<String> installed = Set.of("xdg-open", "xdg-mime");
        OptionalInt exitCode = OptionalInt.empty();
        Optional<IOException> failure = Optional.empty();
        boolean takesDefaults = true;

        @Override
        public OptionalInt start(List<String> command) {
            started.add(command);
            return exitCode;
        }

        @Override
        public String run(List<String> command) throws IOException {
            ran.add(command);
            if (failure.isPresent()) {
                throw failure.get();
            }
            if (command.get(1).equals("default") && takesDefaults) {
                defaults.put(command.get(3), command.get(2));
            }
            return command.get(1).equals("query") ? defaults.getOrDefault(command.get(3), "") : "";
        }

        @Override
        public boolean has(String program) {
            return installed.contains(program);
        }
    }
}
