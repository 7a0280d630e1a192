package org.bittern.swap.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces bundles, one swap at a time, and takes it back when what ran before does not run after.
 *
 * <p>A bundle that exports nothing is started beside the one that runs; then that one is stopped,
 * so that somebody answers at every moment. Bundles that export packages are updated in place, and
 * those that import them are wired anew. Thread-safe.
 */
final class Swapper {
    private static final Logger log = LoggerFactory.getLogger(Swapper.class);

    private static final Duration POLL = Duration.ofMillis(10);
    private static final long REFRESH_SECONDS = 60;

    private final BundleContext context;
    private final ServiceComponentRuntime components;
    private final LongSupplier nanoTime;
    private final Duration patience;
    private int swaps;

    /**
     * For one framework.
     *
     * @param patience how long components may take to be satisfied
     */
    Swapper(
            BundleContext context,
            ServiceComponentRuntime components,
            LongSupplier nanoTime,
            Duration patience) {
        this.context = context;
        this.components = components;
        this.nanoTime = nanoTime;
        this.patience = patience;
    }

    /**
     * Replaces bundles that run by others of the same symbolic names.
     *
     * @throws Refusal nothing was changed, or all was put back
     */
    synchronized SwapReport swap(List<BundleJar> jars) throws Refusal {
        Map<Bundle, BundleJar> planned = new LinkedHashMap<>();
        for (BundleJar jar : jars) {
            planned.put(replaceable(jar.symbolicName()), jar);
        }
        if (planned.size() == 1) {
            Bundle old = planned.keySet().iterator().next();
            BundleJar jar = jars.getFirst();
            if (!jar.exports() && !jar.alone() && !exports(old) && !isAlone(old)) {
                return sideBySide(old, jar);
            }
        }
        return inPlace(planned);
    }

    private SwapReport sideBySide(Bundle old, BundleJar jar) throws Refusal {
        ComponentStates before = ComponentStates.now(components);
        Set<String> own = ComponentStates.of(components, old);
        Bundle fresh = null;
        try (Outage outage = Outage.watch(context, nanoTime);
                HeldServices held = new HeldServices(context)) {
            try {
                fresh = context.installBundle(freeLocation(jar.symbolicName()), jar.open());
                fresh.adapt(BundleStartLevel.class)
                        .setStartLevel(old.adapt(BundleStartLevel.class).getStartLevel());
                fresh.start();
                Bundle started = fresh;
                await(() -> ComponentStates.problem(components, started));
                make(held, started);
                old.stop();
                Set<String> others = others(before, own);
                await(() -> ComponentStates.problem(components, started).or(() -> lost(others)));
            } catch (BundleException | Refusal e) {
                putBack(old, Optional.ofNullable(fresh));
                throw new Refusal(
                        "%s is as it was: %s".formatted(jar.symbolicName(), oneLine(e)), e);
            }
            forget(old);
            return new SwapReport(
                    List.of(jar.symbolicName()),
                    SwapReport.Way.SIDE_BY_SIDE,
                    0,
                    outage.longest(),
                    restarted(outage, before, own));
        }
    }

    private void make(HeldServices held, Bundle bundle) throws Refusal {
        Optional<String> failed = held.hold(bundle);
        if (failed.isPresent()) {
            throw new Refusal(
                    ComponentStates.problem(components, bundle).orElse(failed.orElseThrow()));
        }
    }

    /**
     * Where a framework has a bundle already it installs nothing, and the count begins anew when
     * this bundle is restarted.
     */
    private String freeLocation(String name) {
        String location;
        do {
            location = "swap:" + name + ":" + swaps++;
        } while (context.getBundle(location) != null);
        return location;
    }

    private void putBack(Bundle old, Optional<Bundle> fresh) {
        try {
            old.start();
        } catch (BundleException e) {
            log.error("{} does not start again", old.getSymbolicName(), e);
        }
        fresh.ifPresent(this::forget);
    }

    private void forget(Bundle bundle) {
        try {
            bundle.uninstall();
        } catch (BundleException e) {
            log.warn("{} cannot be uninstalled", bundle, e);
        }
    }

    private SwapReport inPlace(Map<Bundle, BundleJar> planned) throws Refusal {
        Map<Bundle, BundleJar> kept = new LinkedHashMap<>();
        Set<String> own = new TreeSet<>();
        for (Bundle bundle : planned.keySet()) {
            kept.put(bundle, BundleJar.of(bundle));
            own.addAll(ComponentStates.of(components, bundle));
        }
        ComponentStates before = ComponentStates.now(components);
        Set<Bundle> active = active();
        try (Outage outage = Outage.watch(context, nanoTime);
                HeldServices held = new HeldServices(context)) {
            int importers;
            try {
                importers = update(planned);
                // Whoever the framework could not wire again it will not wire later either.
                Optional<String> unwired = stopped(active);
                if (unwired.isPresent()) {
                    throw new Refusal(unwired.get());
                }
                Set<String> others = others(before, own);
                await(() -> problem(planned.keySet()).or(() -> lost(others)));
                for (Bundle bundle : planned.keySet()) {
                    make(held, bundle);
                }
            } catch (BundleException | Refusal e) {
                String names = String.join(", ", names(planned));
                try {
                    update(kept);
                    for (Bundle bundle : active) { // those that could not be wired stay behind
                        bundle.start();
                    }
                    await(() -> stopped(active).or(() -> lost(before.running().keySet())));
                } catch (BundleException | Refusal second) {
                    throw new Refusal(
                            "%s could not be put back: %s; before that: %s"
                                    .formatted(names, oneLine(second), oneLine(e)),
                            second);
                }
                throw new Refusal("%s: put back: %s".formatted(names, oneLine(e)), e);
            }
            return new SwapReport(
                    names(planned),
                    SwapReport.Way.UPDATE,
                    importers,
                    outage.longest(),
                    restarted(outage, before, own));
        }
    }

    /** Updates all; gives the number of other bundles that had to be wired anew. */
    private int update(Map<Bundle, BundleJar> jars) throws BundleException, Refusal {
        FrameworkWiring wiring = context.getBundle(0).adapt(FrameworkWiring.class);
        Set<Bundle> exporters = new HashSet<>();
        for (Bundle bundle : jars.keySet()) {
            if (exports(bundle)) {
                exporters.add(bundle);
            }
        }
        Set<Bundle> importers = new HashSet<>(wiring.getDependencyClosure(exporters));
        importers.removeAll(jars.keySet());
        for (Map.Entry<Bundle, BundleJar> entry : jars.entrySet()) {
            entry.getKey().update(entry.getValue().open());
        }
        if (!exporters.isEmpty()) {
            refresh(wiring, exporters);
        }
        for (Bundle bundle : jars.keySet()) {
            bundle.start();
        }
        return importers.size();
    }

    private static void refresh(FrameworkWiring wiring, Collection<Bundle> bundles) throws Refusal {
        CountDownLatch refreshed = new CountDownLatch(1);
        wiring.refreshBundles(
                bundles,
                event -> {
                    if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                        refreshed.countDown();
                    }
                });
        try {
            if (!refreshed.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
                throw new Refusal("importers were not refreshed in " + REFRESH_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal("interrupted", e);
        }
    }

    /** The one bundle of that name, unless this swap itself stands on it. */
    private Bundle replaceable(String name) throws Refusal {
        List<Bundle> found =
                Arrays.stream(context.getBundles())
                        .filter(bundle -> name.equals(bundle.getSymbolicName()))
                        .toList();
        if (found.isEmpty()) {
            throw new Refusal("no bundle " + name + " is installed");
        }
        if (found.size() > 1) {
            throw new Refusal(found.size() + " bundles have the name " + name);
        }
        Bundle bundle = found.getFirst();
        if (foundations().contains(bundle)) {
            throw new Refusal(name + " cannot be swapped: what swaps stands on it");
        }
        return bundle;
    }

    /** This bundle and all that it is wired to, also by way of others. */
    private Set<Bundle> foundations() {
        Set<Bundle> all = new HashSet<>();
        List<Bundle> next = new ArrayList<>(List.of(context.getBundle()));
        while (!next.isEmpty()) {
            Bundle bundle = next.removeLast();
            BundleWiring wiring = bundle.adapt(BundleWiring.class);
            if (all.add(bundle) && wiring != null) {
                for (BundleWire wire : wiring.getRequiredWires(null)) {
                    next.add(wire.getProvider().getBundle());
                }
            }
        }
        return all;
    }

    private static boolean exports(Bundle bundle) {
        return bundle.getHeaders().get("Export-Package") != null;
    }

    private static boolean isAlone(Bundle bundle) {
        return "update".equals(bundle.getHeaders().get(BundleJar.HEADER));
    }

    private static List<String> names(Map<Bundle, BundleJar> planned) {
        return planned.values().stream().map(BundleJar::symbolicName).toList();
    }

    /** All that run but the framework, which is never stopped or started here. */
    private Set<Bundle> active() {
        Set<Bundle> active = new HashSet<>();
        for (Bundle bundle : context.getBundles()) {
            boolean framework = bundle.getBundleId() == Constants.SYSTEM_BUNDLE_ID;
            if (!framework && bundle.getState() == Bundle.ACTIVE) {
                active.add(bundle);
            }
        }
        return active;
    }

    private static Optional<String> stopped(Set<Bundle> active) {
        return active.stream()
                .filter(bundle -> bundle.getState() != Bundle.ACTIVE)
                .findFirst()
                .map(bundle -> bundle.getSymbolicName() + " does not run");
    }

    private Optional<String> problem(Collection<Bundle> bundles) {
        return bundles.stream()
                .flatMap(bundle -> ComponentStates.problem(components, bundle).stream())
                .findFirst();
    }

    /** What ran before, without components that the new version of a bundle need not have. */
    private static Set<String> others(ComponentStates before, Set<String> own) {
        Set<String> others = new TreeSet<>(before.running().keySet());
        others.removeAll(own);
        return others;
    }

    private Optional<String> lost(Set<String> names) {
        Set<String> now = ComponentStates.now(components).running().keySet();
        return names.stream()
                .filter(name -> !now.contains(name))
                .findFirst()
                .map(name -> name + " no longer runs");
    }

    private Set<String> restarted(Outage outage, ComponentStates before, Set<String> own) {
        Set<String> restarted = new TreeSet<>(outage.touched());
        restarted.addAll(ComponentStates.now(components).remade(before));
        restarted.removeAll(own);
        return restarted;
    }

    /** Waits until there is no problem. */
    private void await(Supplier<Optional<String>> problem) throws Refusal {
        long end = nanoTime.getAsLong() + patience.toNanos();
        for (Optional<String> now = problem.get(); now.isPresent(); now = problem.get()) {
            if (nanoTime.getAsLong() - end >= 0) {
                throw new Refusal("%s after %d s".formatted(now.get(), patience.toSeconds()));
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Refusal("interrupted", e);
            }
        }
    }

    /** What happened, and why if the framework wrapped that. */
    private static String oneLine(Exception e) {
        String line = firstLine(e);
        return e instanceof BundleException && e.getCause() != null
                ? line + ": " + firstLine(e.getCause())
                : line;
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("failed");
    }
}
