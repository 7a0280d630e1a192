package org.bittern.tinytorrent.fs.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.AbstractThrowableAssert;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.Dialect;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.RpcWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FsMethodsTest {
    private static final Duration LIMIT = Duration.ofSeconds(50);
    private static final long LARGE = (5L << 30) + 7;

    @TempDir private Path temp;
    private Path home;
    private final FileDesk free = new FileDesk(List.of(), LIMIT);
    private FileDesk narrow;

    @BeforeEach
    void findRealPath() throws IOException {
        home = temp.toRealPath();
        narrow = new FileDesk(List.of(Files.createDirectory(home.resolve("in")).toString()), LIMIT);
    }

    @Test
    void listsFilesDirectoriesAndTheRestWithExactSizes() throws Exception {
        Path directory = Files.createDirectories(home.resolve("d"));
        Files.createDirectory(directory.resolve("sub"));
        Files.writeString(directory.resolve("ä \n\"file"), "12345");
        Files.setLastModifiedTime(
                directory.resolve("sub"), FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
        try (RandomAccessFile large =
                new RandomAccessFile(directory.resolve("large").toFile(), "rw")) {
            large.setLength(LARGE); // a hole
        }
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("large"));
        Files.createSymbolicLink(directory.resolve("nowhere"), directory.resolve("no"));

        JsonNode answer = browse(free, directory);

        assertThat(answer.get("path").asText()).isEqualTo(directory.toString());
        assertThat(answer.get("parent").asText()).isEqualTo(home.toString());
        assertThat(answer.get("separator").asText()).isEqualTo("/");
        assertThat(answer.get("complete").asBoolean()).isTrue();
        assertThat(answer.get("roots").toString()).isEqualTo("[\"/\"]");
        assertThat(entries(answer))
                .containsExactly(
                        "large file " + LARGE,
                        "link file " + LARGE,
                        "nowhere other 0",
                        "sub directory 0",
                        "ä \n\"file file 5");
        assertThat(answer.get("entries").get(3).get("mtime").asLong()).isEqualTo(1_000_000_000);
    }

    @Test
    void beginsAtHomeOrAtTheFirstRoot() throws Exception {
        assertThat(ask(new Browse(free), Map.of()).get("path").asText())
                .isEqualTo(Path.of(System.getProperty("user.home")).toRealPath().toString());
        assertThat(ask(new Browse(narrow), Map.of()).get("path").asText())
                .isEqualTo(home.resolve("in").toString());
        assertThat(browse(free, Path.of("/")).get("parent").isNull()).isTrue();
    }

    @Test
    void saysWhatIsWrongWithAPath() throws Exception {
        Path file = Files.writeString(home.resolve("file"), "x");
        Path circle = home.resolve("circle");
        Files.createSymbolicLink(circle, circle);
        for (RpcMethod method : List.of(new Browse(free), new CreateDirectory(free))) {
            for (Object wrong : List.of("", "x", "../x", 7, List.of(), "/a\0")) {
                refused(method, wrong).hasMessage("invalid argument");
            }
        }
        refused(new Browse(free), home.resolve("no/no").toString()).hasMessage("path not found");
        refused(new Browse(free), file.toString()).hasMessage("path not found");
        refused(new Browse(free), file.resolve("x").toString()).hasMessage("path not found");
        refused(new Browse(free), circle.toString()).hasMessage("path not found");
        refused(new Browse(free), home.resolve("n".repeat(300)).toString())
                .hasMessage("path not found");
        refused(new Space(free), 7).hasMessage("invalid argument");
    }

    @Test
    void saysWhatMayNotBeRead() {
        Lister forbidden =
                (asked, roots) -> {
                    throw new AccessDeniedException(asked.toString());
                };
        refused(new Browse(free, forbidden), home.toString()).hasMessage("access denied");
    }

    @Test
    void nobodyLeavesTheRoots() throws Exception {
        Path in = home.resolve("in");
        Path out = Files.createDirectory(home.resolve("out"));
        Files.writeString(out.resolve("secret"), "123");
        Files.createDirectory(home.resolve("in-too"));
        Files.createSymbolicLink(in.resolve("door"), out);
        Files.createSymbolicLink(in.resolve("window"), out.resolve("secret"));
        Files.createSymbolicLink(in.resolve("back"), in);
        Files.createSymbolicLink(out.resolve("tunnel"), in);

        assertThat(entries(browse(narrow, in)))
                .containsExactly("back directory 0", "door other 0", "window other 0");
        assertThat(browse(narrow, in).get("parent").isNull()).isTrue();
        assertThat(browse(narrow, in.resolve("back/back")).get("path").asText())
                .isEqualTo(in.toString());
        assertThat(browse(narrow, out.resolve("tunnel")).get("path").asText())
                .isEqualTo(in.toString());
        List<Path> outside =
                List.of(
                        out,
                        home,
                        home.resolve("in-too"),
                        home.resolve("no"),
                        out.resolve("no"),
                        out.resolve("secret"),
                        in.resolve(".."),
                        in.resolve("../out"),
                        in.resolve("../no"),
                        in.resolve("door"),
                        in.resolve("door/no"),
                        in.resolve("door/../out"),
                        in.resolve("back/../out"),
                        Path.of("/"));
        for (Path path : outside) {
            refused(new Browse(narrow), path.toString()).as("%s", path).hasMessage("access denied");
            refused(new Space(narrow), path.toString()).as("%s", path).hasMessage("access denied");
        }
        refused(new Browse(narrow), in.resolve("no").toString()).hasMessage("path not found");
        for (String way : List.of("door/new", "../new", "../out/new")) {
            refused(new CreateDirectory(narrow), in.resolve(way).toString())
                    .hasMessage("access denied");
        }
        assertThat(home.resolve("new")).doesNotExist();
        assertThat(out.resolve("new")).doesNotExist();
    }

    @Test
    void aRootThatIsNotThereContainsNothing() throws Exception {
        FileDesk desk = new FileDesk(List.of(home.resolve("gone").toString()), LIMIT);
        refused(new Browse(desk), home.toString()).hasMessage("access denied");
        assertThatThrownBy(() -> new FileDesk(List.of("gone"), LIMIT))
                .hasMessageContaining("absolute");
    }

    @Test
    void measuresTheNearestParentThatExists() throws Exception {
        JsonNode there = ask(new Space(free), Map.of("path", home.toString()));
        assertThat(there.get("totalBytes").asLong()).isEqualTo(home.toFile().getTotalSpace());
        assertThat(there.get("freeBytes").asLong())
                .isPositive()
                .isLessThanOrEqualTo(there.get("totalBytes").asLong())
                .isEqualTo(there.get("size-bytes").asLong());
        JsonNode later = ask(new Space(free), Map.of("path", home.resolve("a/b/c").toString()));
        assertThat(later.get("path").asText()).isEqualTo(home.resolve("a/b/c").toString());
        assertThat(later.get("total_size")).isEqualTo(there.get("totalBytes"));
    }

    @Test
    void makesDirectoriesAllOrNone() throws Exception {
        Path deep = home.resolve("a/b/c");
        assertThat(create(deep).get("created").asBoolean()).isTrue();
        assertThat(deep).isDirectory();
        JsonNode again = create(deep);
        assertThat(again.get("created").asBoolean()).isFalse();
        assertThat(again.get("path").asText()).isEqualTo(deep.toString());

        refused(new CreateDirectory(free), home.resolve("x/" + "n".repeat(300)).toString())
                .hasMessage("path not found");
        assertThat(home.resolve("x")).doesNotExist();
        refused(new CreateDirectory(free), home + "/x".repeat(CreateDirectory.MAX_LEVELS + 1))
                .hasMessage("invalid argument");
        Files.writeString(home.resolve("file"), "x");
        refused(new CreateDirectory(free), home.resolve("file").toString())
                .hasMessage("invalid argument");
        refused(new CreateDirectory(free), home.resolve("file/y").toString())
                .hasMessage("path not found");
        Files.createSymbolicLink(home.resolve("dangling"), home.resolve("far"));
        refused(new CreateDirectory(free), home.resolve("dangling/y").toString())
                .hasMessage("invalid argument");
        assertThat(home.resolve("far")).doesNotExist();
    }

    @Test
    void aHangingDirectoryHoldsUpNobodyElse() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(4);
        Lister slow =
                (asked, roots) -> {
                    begun.countDown();
                    try {
                        hang.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return new Listing(asked, Optional.empty(), List.of(), true);
                };
        FileDesk hasty = new FileDesk(List.of(), Duration.ofMillis(100));
        refused(new Browse(hasty, slow), "/mnt/nas").hasMessage("path unreachable");
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                var _ = callers.submit(() -> browse(new Browse(free, slow), Path.of("/mnt/nas")));
            }
            begun.await();
            assertThat(entries(browse(free, home))).containsExactly("in directory 0");
            hang.countDown();
        } finally {
            hang.countDown();
        }
        hasty.close();
    }

    @Test
    void aHugeDirectoryIsCutAndSaysSo() throws Exception {
        Path huge = Files.createDirectory(home.resolve("huge"));
        for (int i = 0; i <= 5; i++) {
            Files.createFile(huge.resolve("f" + i));
        }
        assertThat(browse(free, huge).get("complete").asBoolean()).isTrue();
        JsonNode answer = browse(new Browse(free, Lister.ofMachine(5)), huge);
        assertThat(answer.get("entries")).hasSize(5);
        assertThat(answer.get("complete").asBoolean()).isFalse();
    }

    private static List<String> entries(JsonNode answer) {
        List<String> entries = new ArrayList<>();
        for (JsonNode entry : answer.get("entries")) {
            entries.add(
                    entry.get("name").asText()
                            + " "
                            + entry.get("type").asText()
                            + " "
                            + entry.get("size").asLong());
        }
        return entries;
    }

    private JsonNode create(Path path) throws Exception {
        return ask(new CreateDirectory(free), Map.of("path", path.toString()));
    }

    private static JsonNode browse(FileDesk desk, Path path) throws Exception {
        return browse(new Browse(desk), path);
    }

    private static JsonNode browse(Browse browse, Path path) throws Exception {
        return ask(browse, Map.of("path", path.toString()));
    }

    private static JsonNode ask(RpcMethod method, Map<String, ?> arguments)
            throws IOException, RpcException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            method.perform(request(arguments)).write(new RpcWriter(json, Dialect.LEGACY));
            json.writeEndObject();
        }
        return new ObjectMapper().readTree(text.toString());
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(
            RpcMethod method, Object path) {
        return assertThatThrownBy(() -> method.perform(request(Map.of("path", path))))
                .as("%s of %s", method.name(), path)
                .isInstanceOf(RpcException.class);
    }

    private static RpcRequest request(Map<String, ?> arguments) {
        return new RpcRequest(
                Dialect.LEGACY, Arguments.of(arguments, Dialect.LEGACY), true, "session");
    }
}
