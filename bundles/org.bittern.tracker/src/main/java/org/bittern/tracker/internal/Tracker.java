package org.bittern.tracker.internal;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.api.engine.TrackerSnapshot.Status;
import org.bittern.metainfo.InfoHash;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One tracker of one torrent: what it was told, what it answered, and when it may be asked again.
 * Owned by the torrent's loop.
 */
final class Tracker {
    private static final Logger log = LoggerFactory.getLogger(Tracker.class);

    private final SearchScope scope;
    private final String text;
    private final @Nullable TrackerUrl url; // null when it is none that we can use
    private final List<Account> accounts;
    private final AnnounceBudget budget;
    private final int holder; // who we are to it

    private Status status = Status.NOT_CONTACTED;
    private String message = "";
    private Outcome.Counts counts = Outcome.Counts.UNKNOWN;
    private int lastPeers;
    private @Nullable Instant lastAnnounce; // null before the first
    private @Nullable Instant lastScrape; // null before the first answer
    private boolean scraped; // answered or not
    private boolean succeeded;
    private int failures;
    private long dueNanos;
    private long hungryNanos;
    private long scrapeNanos;
    private boolean scrapePlanned;
    private boolean refused;

    private @Nullable Runnable finished; // null while no announce is under way
    private @Nullable Outcome best; // null until an account was answered
    private @Nullable Consumer<Boolean> leaving; // null while we stay
    private boolean gone;

    /** A tracker that may be asked at once. */
    Tracker(SearchScope scope, String text) {
        this.scope = scope;
        this.text = text;
        TrackerUrl parsed = null;
        try {
            parsed = TrackerUrl.parse(text);
        } catch (TrackerException e) {
            status = Status.DISABLED;
            message = String.valueOf(e.getMessage());
        }
        url = parsed;
        accounts = new ArrayList<>();
        swarms(scope.spec().infoHash());
        budget = scope.budgets().take(scope.spec().infoHash(), text);
        holder = budget.hold();
        dueNanos = scope.nanoTime();
    }

    String text() {
        return text;
    }

    /** Announces in these swarms; as soon as it may in those that are new. */
    void swarms(InfoHash infoHash) {
        for (byte[] swarm : infoHash.wireHashes()) {
            if (accounts.stream().noneMatch(known -> Arrays.equals(known.swarm(), swarm))) {
                accounts.add(new Account(swarm));
                dueNanos = scope.nanoTime();
            }
        }
    }

    boolean isUsable() {
        return url != null && !refused;
    }

    boolean isBusy() {
        return finished != null;
    }

    /** Whether its last announce was answered. */
    boolean isWorking() {
        return succeeded;
    }

    long dueNanos() {
        return dueNanos;
    }

    boolean isDue(long now) {
        return now - dueNanos >= 0;
    }

    /** When the sizes of the swarm are to be asked for; empty when they are not. */
    Optional<Long> scrapeDue() {
        return scrapePlanned ? Optional.of(scrapeNanos) : Optional.empty();
    }

    /** Nanoseconds to wait for the sake of the tracker, 0 when it can be asked now. */
    long waitNanos(long now) {
        int requests = accounts.size();
        boolean completing = accounts.stream().anyMatch(Account::isCompletedDue);
        // Kept back: one request for completed, one for stopped, in each swarm.
        return budget.waitNanos(now, requests, completing ? requests : 2 * requests);
    }

    void postpone(long untilNanos) {
        dueNanos = untilNanos;
    }

    /** Somebody insists: asks again at once, even where it wanted to be left alone. */
    void insist() {
        refused = false;
        dueNanos = scope.nanoTime();
    }

    /** More peers are wanted. */
    void wantPeers() {
        if (succeeded && dueNanos - hungryNanos > 0) {
            dueNanos = hungryNanos;
        }
    }

    /** The download is complete: told once in each swarm, where we are not known yet after that. */
    void completed() {
        for (Account account : accounts) {
            account.complete();
            if (account.isStarted() || isBusy()) {
                dueNanos = scope.nanoTime();
            }
        }
    }

    /**
     * Announces in each swarm, one after the other.
     *
     * @param whenFinished called when all were answered or have failed
     */
    void announce(Patience patience, Runnable whenFinished) {
        finished = whenFinished;
        best = null;
        status = Status.ANNOUNCING;
        ask(0, patience);
        scope.listener().statusChanged();
    }

    private void ask(int number, Patience patience) {
        Account account = accounts.get(number);
        AnnounceEvent event = account.next(scope.spec().tally().get().partialSeed());
        send(
                account,
                event,
                patience,
                outcome -> {
                    best = best instanceof Outcome.Answer ? best : outcome;
                    if (number + 1 < accounts.size() && leaving == null) {
                        ask(number + 1, patience);
                    } else {
                        finish(best);
                    }
                });
    }

    private void send(
            Account account, AnnounceEvent event, Patience patience, Consumer<Outcome> done) {
        budget.take(scope.nanoTime());
        AnnounceRequest request =
                new AnnounceRequest(
                        scope.spec(),
                        account.swarm(),
                        event,
                        scope.spec().tally().get(),
                        account.trackerId(),
                        patience);
        scope.announcer()
                .announce(
                        usableUrl(),
                        request,
                        new Announcer.Hearing() {
                            @Override
                            public void over(Outcome outcome, boolean trusted) {
                                if (outcome instanceof Outcome.Answer answer) {
                                    account.taken(event, answer.trackerId());
                                    deliver(answer, trusted);
                                }
                                done.accept(outcome);
                            }

                            @Override
                            public void morePeers(List<InetSocketAddress> peers, boolean trusted) {
                                found(peers, trusted);
                            }
                        });
    }

    private TrackerUrl usableUrl() {
        if (url == null) {
            throw new IllegalStateException("a tracker without a usable URL was asked");
        }
        return url;
    }

    private void deliver(Outcome.Answer answer, boolean trusted) {
        found(answer.peers(), trusted);
        if (leaving == null && !gone) {
            answer.externalAddress().ifPresent(scope.listener()::externalAddress);
        }
    }

    private void found(List<InetSocketAddress> peers, boolean trusted) {
        if (leaving == null && !gone && !peers.isEmpty()) {
            scope.listener().found(peers, trusted);
        }
    }

    private void finish(Outcome outcome) {
        Runnable then = finished;
        finished = null;
        lastAnnounce = scope.spec().loop().now();
        switch (outcome) {
            case Outcome.Answer answer -> answered(answer);
            case Outcome.Failure failure -> failed(failure);
        }
        if (leaving != null) {
            budget.lastAnnounceEnds();
            farewell(leaving);
        } else if (!gone && then != null) {
            then.run();
            scope.listener().statusChanged();
        }
    }

    private void answered(Outcome.Answer answer) {
        long now = scope.nanoTime();
        succeeded = true;
        failures = 0;
        status = Status.WORKING;
        message = answer.warning();
        counts = answer.counts().or(counts);
        lastPeers = answer.peers().size() + answer.namedPeers().size();
        Outcome.Intervals seconds = answer.seconds();
        dueNanos = now + Pace.intervalNanos(seconds.interval(), seconds.least());
        hungryNanos = now + Pace.hungryNanos(seconds.interval(), seconds.least());
        if (accounts.stream().anyMatch(Account::isCompletedDue)) {
            dueNanos = now;
        }
        boolean untold = answer.counts().seeders() < 0 || answer.counts().leechers() < 0;
        if (untold && !scrapePlanned) {
            scrapePlanned = true;
            long delay = scraped ? Pace.SCRAPE_INTERVAL_SECONDS : Pace.SCRAPE_DELAY_SECONDS;
            scrapeNanos = now + TimeUnit.SECONDS.toNanos(delay);
        }
        log.debug("{} announced to {}, {} peers", id(), url, lastPeers);
    }

    private void failed(Outcome.Failure failure) {
        succeeded = false;
        failures++;
        refused = failure.forGood();
        status = refused ? Status.DISABLED : Status.ERROR;
        message = failure.message();
        dueNanos =
                scope.nanoTime()
                        + Pace.retryNanos(failures, failure.retrySeconds(), scope.random());
        log.debug("{} could not announce to {}: {}", id(), url, message);
    }

    /** Asks for the sizes of the swarm. */
    void scrape() {
        scrapePlanned = false;
        scraped = true;
        Announcer.ScrapeRequest request =
                new Announcer.ScrapeRequest(
                        usableUrl(),
                        new Binding(scope.spec().bind()),
                        accounts.getFirst().swarm(),
                        scope.spec().loop());
        scope.announcer()
                .scrape(
                        request,
                        told -> {
                            told.ifPresent(sizes -> {
                                lastScrape = scope.spec().loop().now();
                                counts = sizes.or(counts);
                            });
                            if (leaving == null && !gone) {
                                scope.listener().statusChanged();
                            }
                        });
    }

    /**
     * Says goodbye in each swarm that knows us, after what is under way; not if the torrent has
     * started again by then.
     *
     * @param done hears whether all goodbyes were taken; not at all when the bundle goes
     */
    void leave(Consumer<Boolean> done) {
        leaving = done;
        if (isBusy()) {
            budget.lastAnnounceBegins();
        }
        scope.budgets().keep(scope.spec().infoHash(), text, budget, scope.nanoTime());
        if (!isBusy()) {
            farewell(done);
        }
    }

    private void farewell(Consumer<Boolean> done) {
        List<Account> known = accounts.stream().filter(Account::isStarted).toList();
        if (known.isEmpty()) {
            budget.release(holder);
        }
        if (known.isEmpty() || !budget.goodbyesBegin(holder, known.size(), scope.nanoTime())) {
            done.accept(true);
            return;
        }
        Countdown countdown = new Countdown(known.size(), done);
        for (Account account : known) {
            send(
                    account,
                    AnnounceEvent.STOPPED,
                    Patience.GOODBYE,
                    outcome -> {
                        budget.goodbyeEnds();
                        countdown.arrived(outcome instanceof Outcome.Answer);
                    });
        }
        scope.budgets().keep(scope.spec().infoHash(), text, budget, scope.nanoTime());
    }

    /** Falls silent without a goodbye: the next generation of this bundle goes on. */
    void abandon() {
        gone = true;
    }

    /**
     * The state at this moment.
     *
     * @param planned whether its turn comes, others of its tier being silent
     */
    TrackerSnapshot snapshot(int number, int tier, boolean planned) {
        Instant next =
                planned && isUsable() && !isBusy()
                        ? scope.spec().loop().now().plusNanos(dueNanos - scope.nanoTime())
                        : null;
        return new TrackerSnapshot(
                number,
                tier,
                text,
                status,
                message,
                counts.seeders(),
                counts.leechers(),
                counts.downloads(),
                lastPeers,
                lastAnnounce,
                succeeded,
                next,
                lastScrape);
    }

    private String id() {
        return scope.spec().infoHash().shortHex();
    }
}
