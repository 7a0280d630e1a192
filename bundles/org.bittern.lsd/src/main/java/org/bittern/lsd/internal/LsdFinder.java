package org.bittern.lsd.internal;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.bittern.spi.discovery.PeerFinder;
import org.bittern.spi.discovery.Search;
import org.bittern.spi.discovery.SearchListener;
import org.bittern.spi.discovery.SearchSpec;
import org.bittern.spi.net.LoopBarrier;
import org.bittern.spi.net.LoopGroup;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Finds peers on the local network (BEP 14). Thread-safe. A node ends with its last search. */
@Component(property = PeerFinder.NAME + "=lsd")
public final class LsdFinder implements PeerFinder {
    private static final int COOKIE_BYTES = 8;

    private final LoopGroup loops;
    private final SecureRandom random = new SecureRandom();

    // Guarded by itself: torrents of several loops begin and end searches, and it is short.
    private final Map<Place, Home> homes = new HashMap<>();

    private record Place(List<InetAddress> bind, int port) {}

    /** A node and how many searches use it. */
    private static final class Home {
        private final LsdNode node;
        private int searches;

        Home(LsdNode node) {
            this.node = node;
        }
    }

    @Activate
    public LsdFinder(@Reference LoopGroup loops) {
        this.loops = loops;
    }

    @Override
    public String name() {
        return "lsd";
    }

    @Override
    public boolean allowsPrivate() {
        return false;
    }

    @Override
    public Search search(SearchSpec spec, SearchListener listener) {
        Place place = new Place(spec.bind(), spec.listenPort());
        LsdNode node;
        synchronized (homes) {
            Home home = homes.computeIfAbsent(place, this::open);
            home.searches++;
            node = home.node;
        }
        LsdSearch search = new LsdSearch(spec, listener, node, () -> release(place));
        search.begin();
        return search;
    }

    private Home open(Place place) {
        byte[] cookie = new byte[COOKIE_BYTES];
        random.nextBytes(cookie);
        return new Home(
                new LsdNode(
                        loops.next(),
                        place.port,
                        HexFormat.of().formatHex(cookie),
                        ear -> new MulticastAir(place.bind, ear)));
    }

    private void release(Place place) {
        synchronized (homes) {
            Home home = homes.get(place);
            if (home != null && --home.searches == 0) {
                homes.remove(place);
                home.node.close();
            }
        }
    }

    @Deactivate
    void stop() {
        List<Home> all;
        synchronized (homes) {
            all = List.copyOf(homes.values());
            homes.clear();
        }
        for (Home home : all) {
            try {
                home.node.loop().execute(home.node::close);
            } catch (RejectedExecutionException _) {
                home.node.close(); // the loop has ended: nobody else owns the node
            }
        }
        LoopBarrier.pass(loops.loops());
    }
}
