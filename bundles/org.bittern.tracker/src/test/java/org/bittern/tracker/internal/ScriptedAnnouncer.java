package org.bittern.tracker.internal;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bittern.spi.net.EventLoop;

/** Trackers whose answers the test decides. Every announce is kept. */
final class ScriptedAnnouncer implements Announcer {
    /** An announce that was made. */
    record Call(long nanos, String url, AnnounceRequest request, Hearing hearing) {
        AnnounceEvent event() {
            return request.event();
        }
    }

    final List<Call> calls = new ArrayList<>();
    final List<ScrapeRequest> scrapes = new ArrayList<>();
    Optional<Outcome.Counts> sizes = Optional.of(new Outcome.Counts(7, 8, 9));
    private final EventLoop loop;
    private Function<Call, Optional<Outcome>> script = _ -> Optional.empty();

    ScriptedAnnouncer(EventLoop loop) {
        this.loop = loop;
    }

    /** Empty: the test answers later by the call's hearing, or never. */
    void answer(Function<Call, Optional<Outcome>> newScript) {
        script = newScript;
    }

    void answerAll(Outcome outcome) {
        script = _ -> Optional.of(outcome);
    }

    static Outcome.Answer answer(long interval, long least, InetSocketAddress... peers) {
        return new Outcome.Answer(
                List.of(peers),
                List.of(),
                new Outcome.Intervals(interval, least),
                new Outcome.Counts(1, 2, 3),
                "",
                Optional.empty(),
                Optional.empty());
    }

    List<String> urls() {
        return calls.stream().map(Call::url).toList();
    }

    List<AnnounceEvent> events() {
        return calls.stream().map(Call::event).toList();
    }

    Call last() {
        return calls.getLast();
    }

    @Override
    public void announce(TrackerUrl url, AnnounceRequest request, Hearing hearing) {
        Call call = new Call(loop.nanoTime(), url.toString(), request, hearing);
        calls.add(call);
        script.apply(call).ifPresent(outcome -> loop.execute(() -> hearing.over(outcome, false)));
    }

    @Override
    public void scrape(ScrapeRequest request, Done done) {
        scrapes.add(request);
        loop.execute(() -> done.scraped(sizes));
    }

    @Override
    public void close() {
        calls.clear();
    }
}
