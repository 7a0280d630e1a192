package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS trackers whose certificate is made for the test; it names 127.0.0.1. */
@Timeout(60)
class SecureTrackerTest extends HttpFixture {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir static Path directory;
    private static SSLContext context;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path store = directory.resolve("store.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "tracker",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=tracker",
                                "-ext",
                                "SAN=ip:127.0.0.1",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                new String(PASSWORD))
                        .redirectErrorStream(true)
                        .start();
        keytool.getInputStream().readAllBytes();
        assertThat(keytool.waitFor()).isZero();
        context = context(store);
    }

    private static SSLContext context(Path store) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory ours = KeyManagerFactory.getInstance("PKIX");
        ours.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
        trusted.init(keys);
        SSLContext made = SSLContext.getInstance("TLS");
        made.init(ours.getKeyManagers(), trusted.getTrustManagers(), null);
        return made;
    }

    private static HttpScript secure(String address) {
        HttpScript script = new HttpScript(context.getServerSocketFactory(), "https", 0, address);
        script.answerBody("d8:intervali900e5:peers0:e");
        return script;
    }

    @Test
    void refusesACertificateThatNobodyVouchesFor() {
        try (HttpScript secure = secure("127.0.0.1")) {
            assertThat(refused(secure.url("/announce"))).startsWith("no secure connection");
            assertThat(secure.requests).as("nothing was told").isEmpty();
        }
    }

    @Test
    void talksToATrackerWhoseCertificateIsGood() {
        try (HttpScript secure = secure("127.0.0.1")) {
            Told told =
                    announce(
                            client(context.getSocketFactory()),
                            secure.url("/announce"),
                            Specs.of(loop, List.of()),
                            AnnounceEvent.STARTED);
            assertThat(told.outcomes.getFirst()).isInstanceOf(Outcome.Answer.class);
        }
    }

    @Test
    void refusesACertificateOfAnotherHost() {
        try (HttpScript secure = secure("127.0.0.2")) {
            Told told =
                    announce(
                            client(context.getSocketFactory()),
                            secure.url("/announce").replace("127.0.0.1", "127.0.0.2"),
                            Specs.of(loop, List.of()),
                            AnnounceEvent.STARTED);
            assertThat(told.outcomes.getFirst().toString()).contains("no secure connection");
            assertThat(secure.requests).isEmpty();
        }
    }

    @Test
    void endsAHandshakeThatDripsIn() throws IOException {
        try (HttpScript secure = secure("127.0.0.1");
                DrippingRelay relay = new DrippingRelay(secure.port(), () -> true)) {
            assertThat(hasty(relay.url("/announce"))).isEqualTo("timed out");
            assertThat(secure.requests).isEmpty();
        }
    }

    @Test
    void endsAnAnswerWhoseRecordDripsIn() throws IOException {
        try (HttpScript secure = secure("127.0.0.1");
                DrippingRelay relay =
                        new DrippingRelay(secure.port(), () -> !secure.requests.isEmpty())) {
            secure.answer((_, out) -> out.write(new byte[2_000])); // one record, 100 s long
            assertThat(hasty(relay.url("/announce"))).isEqualTo("timed out");
            assertThat(secure.requests).hasSize(1);
        }
    }

    private String hasty(String url) {
        Told told =
                announce(
                        client(context.getSocketFactory(), Duration.ofSeconds(2)),
                        url,
                        Specs.of(loop, List.of()),
                        AnnounceEvent.STARTED);
        return told.outcomes.getFirst() instanceof Outcome.Failure failure
                ? failure.message()
                : "answered";
    }
}
