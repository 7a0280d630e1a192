package org.bittern.web.internal;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has Felix listen: one server for each address, on the same port, and another one for media if
 * they have a port of their own. The others are asked for when the port of the first is known.
 * Thread-safe: a lock, as configurations and servers come on threads of the framework.
 */
final class Servers {
    private static final Logger log = LoggerFactory.getLogger(Servers.class);

    private static final String NAME = "bittern";

    /** How long the other addresses may hold up the news of the first. */
    private static final int OTHERS_SECONDS = 2;

    /** For so long a server may take to close: five seconds. */
    private static final int LEAVING_LOOKS = 100;

    private static final Duration LEAVING_PAUSE = Duration.ofMillis(50);

    private final ServerConfigurations configurations;
    private final Consumer<List<URI>> listening;
    private final List<Place> places = new ArrayList<>(); // of the configurations
    private @Nullable Binding binding; // null before the first and after the end
    private @Nullable ReservedPort reserved; // until the first server listens
    private List<String> asked = List.of();
    private List<URI> endpoints = List.of();
    private List<URI> told = List.of();
    private int generation;
    private boolean held;
    private volatile int streamPort; // read by every request

    /**
     * Nothing listens yet.
     *
     * @param listening gets the roots each time that they change; empty when nothing listens
     */
    Servers(ServerConfigurations configurations, Consumer<List<URI>> listening) {
        this.configurations = configurations;
        this.listening = listening;
    }

    /**
     * Moves to another address, port or key store.
     *
     * @return why not; then all stays as it was
     */
    synchronized Optional<String> move(Binding next) {
        Binding now = binding;
        if (now != null && next.equals(now)) {
            return Optional.empty();
        }
        String address = next.addresses().getFirst();
        boolean same =
                now != null && now.addresses().contains(address) && now.port() == next.port();
        if (!same && !isFree(address, next.port())) {
            return Optional.of(
                    now == null || next.port() != now.port()
                            ? "port " + next.port() + " is in use"
                            : "cannot listen on " + address);
        }
        boolean sameMedia =
                now != null
                        && now.addresses().contains(address)
                        && now.streamPort() == next.streamPort();
        if (next.streamPort() > 0 && !sameMedia && !isFree(address, next.streamPort())) {
            return Optional.of("port " + next.streamPort() + " is in use");
        }
        close();
        endpoints = List.of(); // of the servers that were
        generation++;
        binding = next;
        streamPort = next.streamPort();
        asked = List.of(address);
        configure(address, next.port() == 0 ? reserve(address) : next.port());
        configureMedia(address);
        return Optional.empty();
    }

    /**
     * While it holds, nobody is told where the servers listen. What was told stays so.
     *
     * @param hold whether to
     */
    synchronized void hold(boolean hold) {
        boolean released = held && !hold;
        held = hold;
        if (released) {
            serving(endpoints);
        }
    }

    /** The port of media alone, 0 when there is none. */
    int streamPort() {
        return streamPort;
    }

    /** The servers that run now, by the URLs that they serve. */
    synchronized void serving(List<URI> urls) {
        endpoints = urls;
        Binding now = binding;
        if (now == null) {
            return;
        }
        Optional<URI> main = root(now, now.addresses().getFirst());
        if (main.isEmpty()) {
            return;
        }
        release();
        int port = main.get().getPort();
        if (asked.size() == 1 && now.addresses().size() > 1) {
            askForOthers(now, port);
        }
        if (asked.stream().allMatch(address -> isServed(now, address))) {
            tell(now);
        } else {
            int current = generation;
            CompletableFuture.delayedExecutor(OTHERS_SECONDS, TimeUnit.SECONDS)
                    .execute(() -> tellLate(current));
        }
    }

    /** Nothing listens any more. */
    synchronized void close() {
        release();
        binding = null;
        asked = List.of();
        configurations.clear();
        places.clear();
        if (!told.isEmpty()) {
            told = List.of();
            listening.accept(told);
        }
    }

    /**
     * Closes, and waits until the ports are free: who comes next asks for them at once, and Felix
     * closes its servers on a thread of its own.
     */
    void leave() throws InterruptedException {
        List<Place> left;
        synchronized (this) {
            left = List.copyOf(places);
            close();
        }
        for (Place place : left) {
            awaitFree(place.address(), place.port());
        }
    }

    private static void awaitFree(String address, int port) throws InterruptedException {
        for (int looks = LEAVING_LOOKS; port > 0 && !isFree(address, port); looks--) {
            if (looks == 0) {
                log.warn("port {} of {} is still in use", port, address);
                return;
            }
            Thread.sleep(LEAVING_PAUSE);
        }
    }

    private void askForOthers(Binding now, int port) {
        List<String> all = new ArrayList<>(asked);
        for (String address : now.addresses().subList(1, now.addresses().size())) {
            if (isFree(address, port)) {
                all.add(address);
                configure(address, port);
                configureMedia(address);
            } else {
                log.info("not listening on {} port {}", address, port);
            }
        }
        asked = List.copyOf(all);
    }

    private synchronized void tellLate(int asOf) {
        Binding now = binding;
        if (asOf == generation && now != null) {
            tell(now);
        }
    }

    private void tell(Binding now) {
        List<URI> roots = asked.stream().flatMap(address -> root(now, address).stream()).toList();
        if (!held && !roots.isEmpty() && !roots.equals(told)) {
            told = roots;
            listening.accept(roots);
        }
    }

    private boolean isServed(Binding now, String address) {
        boolean media =
                now.streamPort() == 0
                        || at(address).anyMatch(url -> url.getPort() == now.streamPort());
        return media && root(now, address).isPresent();
    }

    private Optional<URI> root(Binding now, String address) {
        return at(address)
                .filter(url -> url.getPort() != now.streamPort())
                .findFirst()
                .map(url -> reachable(url, Binding.resolved(address)));
    }

    /**
     * Of a server on all addresses Felix names those of its network cards, of either family and
     * with their zones, which a whitelist may keep out. It is on loopback as well.
     */
    private static URI reachable(URI url, InetAddress address) {
        if (!address.isAnyLocalAddress()) {
            return url;
        }
        String host = address instanceof Inet4Address ? "127.0.0.1" : "[::1]";
        return URI.create(url.getScheme() + "://" + host + ":" + url.getPort() + "/");
    }

    private Stream<URI> at(String address) {
        boolean any = Binding.resolved(address).isAnyLocalAddress();
        String host = Binding.hostInUrl(address);
        return endpoints.stream()
                .filter(url -> url.getPort() > 0)
                .filter(url -> any || host.equals(url.getHost()));
    }

    private void configureMedia(String address) {
        Binding now = binding;
        if (now != null && now.streamPort() > 0) {
            configure(address, now.streamPort());
        }
    }

    private void configure(String address, int port) {
        Binding now = binding;
        if (now == null) {
            return;
        }
        places.add(new Place(address, port));
        String name = NAME + generation + "-" + configurations.size();
        configurations.add(name, now.server(address, port));
    }

    /** Where a server listens; the port is 0 if Felix chooses it. */
    private record Place(String address, int port) {}

    /** A port that is free, 0 if there is none: Felix says then why. */
    private int reserve(String address) {
        try {
            ReservedPort port = new ReservedPort(Binding.resolved(address));
            reserved = port;
            return port.port();
        } catch (IOException e) {
            log.debug("no port of {} to reserve: {}", address, e.toString());
            return 0;
        }
    }

    private void release() {
        if (reserved != null) {
            reserved.close();
            reserved = null;
        }
    }

    /** Felix itself would only log that it cannot listen. */
    private static boolean isFree(String address, int port) {
        return ReservedPort.admitsListener(Binding.resolved(address), port);
    }
}
