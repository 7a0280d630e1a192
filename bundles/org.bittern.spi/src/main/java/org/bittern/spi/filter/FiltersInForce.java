package org.bittern.spi.filter;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The filters that are asked, as they come and go. Nobody slips in while one is exchanged: one that
 * leaves with rules in force is asked on until another is {@link IpFilter#ready}, or until {@link
 * #HOLD} is over. Thread-safe, without locks: each question is put to one immutable list of both.
 */
public final class FiltersInForce {
    /**
     * So long at most: a list that nobody has any more blocks nobody for ever, and the classes of
     * its bundle can go.
     */
    public static final Duration HOLD = Duration.ofSeconds(10);

    private static final List<InetAddress> OF_EACH_FAMILY =
            List.of(InetAddress.ofLiteral("0.0.0.0"), InetAddress.ofLiteral("::"));

    private final Executor afterHold;
    private final AtomicReference<Standing> standing =
            new AtomicReference<>(new Standing(List.of(), List.of()));

    /** None yet. Times are those of the machine. */
    public FiltersInForce() {
        this(CompletableFuture.delayedExecutor(HOLD.toSeconds(), TimeUnit.SECONDS));
    }

    /**
     * None yet.
     *
     * @param afterHold runs what it is given when {@link #HOLD} is over, on any thread
     */
    FiltersInForce(Executor afterHold) {
        this.afterHold = afterHold;
    }

    /**
     * Who is asked at one moment.
     *
     * @param present those that are there
     * @param left those that have left, and for which no other is ready
     */
    private record Standing(List<IpFilter> present, List<IpFilter> left) {
        Standing with(IpFilter filter) {
            List<IpFilter> more = new ArrayList<>(present);
            more.add(filter);
            return new Standing(List.copyOf(more), left);
        }

        Standing without(IpFilter filter, boolean held) {
            List<IpFilter> gone = new ArrayList<>(settled().left);
            if (held) {
                gone.add(filter);
            }
            return new Standing(other(present, filter), List.copyOf(gone));
        }

        Standing forgotten(IpFilter filter) {
            return new Standing(present, other(left, filter));
        }

        private static List<IpFilter> other(List<IpFilter> filters, IpFilter than) {
            return filters.stream().filter(filter -> !filter.equals(than)).toList();
        }

        /** Whether those that left have a successor that knows its rules. */
        boolean takenOver() {
            return !left.isEmpty() && present.stream().anyMatch(IpFilter::ready);
        }

        Standing settled() {
            return takenOver() ? new Standing(present, List.of()) : this;
        }

        boolean blocks(InetAddress address) {
            return any(left, address) || any(present, address);
        }

        private static boolean any(List<IpFilter> filters, InetAddress address) {
            for (IpFilter filter : filters) {
                if (filter.blocks(address)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Those that are there: not those that have left and are still asked. */
    public List<IpFilter> present() {
        return standing.get().present();
    }

    /** A filter came. */
    public void add(IpFilter filter) {
        standing.updateAndGet(now -> now.with(filter));
    }

    /** A filter goes. Its bundle must still be there when this is called, and may be gone after. */
    public void remove(IpFilter filter) {
        boolean held = filter.rules() > 0;
        if (held) {
            for (InetAddress any : OF_EACH_FAMILY) {
                var _ = filter.blocks(any); // loads classes that could not be loaded any more later
            }
        }
        standing.updateAndGet(now -> now.without(filter, held));
        if (held) {
            afterHold.execute(() -> standing.updateAndGet(now -> now.forgotten(filter)));
        }
    }

    /** Whether some filter forbids the address. */
    public boolean blocks(InetAddress address) {
        Standing now = standing.get();
        if (now.takenOver()) { // asked before the rules: who is ready has its own in force
            now = standing.updateAndGet(Standing::settled);
        }
        return now.blocks(address);
    }
}
