package org.bittern.stream.brain.internal;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.bittern.api.stream.FileCatalog;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** Connects the catalog of this process to an I/O side elsewhere, once a URL names one. */
@Component(
        service = {},
        immediate = true,
        configurationPid = "org.bittern.stream.brain")
@Designate(ocd = BrainConfig.class)
public final class StreamBrain {
    private static final String TOKEN_VARIABLE = "BITTERN_STREAMER_TOKEN";

    /** In which the I/O side is told that the brain goes. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final Optional<Running> running;

    /** Threads and sockets while there is a URL. */
    private record Running(HttpClient http, ExecutorService threads, Thread speaker) {

        static Running begin(Place place, FileCatalog catalog) {
            ExecutorService threads =
                    Executors.newThreadPerTaskExecutor(
                            Thread.ofVirtual().name("stream-brain-in-", 0).factory());
            HttpClient http =
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .executor(threads)
                            .build();
            Redialler redialler =
                    new Redialler(
                            JdkWire.dialler(http, place),
                            () ->
                                    new Conversation(
                                            catalog, System::nanoTime, Conversation.PING_NANOS),
                            new Pauses(RandomGenerator.getDefault()),
                            System::nanoTime,
                            Thread::sleep);
            Thread speaker = Thread.ofVirtual().name("stream-brain").start(redialler);
            return new Running(http, threads, speaker);
        }

        void end() {
            speaker.interrupt();
            try {
                speaker.join(FAREWELL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            http.shutdownNow();
            threads.shutdownNow();
        }
    }

    @Activate
    public StreamBrain(BrainConfig config, @Reference FileCatalog catalog) {
        String url = config.url().strip();
        running =
                url.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Running.begin(Place.of(url, token(config)), catalog));
    }

    private static String token(BrainConfig config) {
        return config.token().isEmpty()
                ? Optional.ofNullable(System.getenv(TOKEN_VARIABLE)).orElse("")
                : config.token();
    }

    @Deactivate
    void stop() {
        running.ifPresent(Running::end);
    }
}
