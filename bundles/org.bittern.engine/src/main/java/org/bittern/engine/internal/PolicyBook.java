package org.bittern.engine.internal;

import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import org.bittern.api.engine.BandwidthGroup;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.LabelPolicy;
import org.bittern.api.engine.Policies;
import org.bittern.api.engine.SeedLimits;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.engine.internal.limits.SpeedTree;

/** Bandwidth groups and labels with limits. Thread-safe. */
final class PolicyBook implements Policies {
    /** Groups, and labels with limits, that there may be. */
    static final int MOST = 1000;

    private static final String GROUP = "group:";
    private static final String LABEL = "label:";

    private final SessionScope scope;
    private final SpeedTree speeds;
    private final NavigableMap<String, BandwidthGroup> groups = new ConcurrentSkipListMap<>();
    private final NavigableMap<String, LabelPolicy> labels = new ConcurrentSkipListMap<>();
    private volatile Runnable changed = () -> {};

    PolicyBook(SessionScope scope, SpeedTree speeds, Ledger ledger) {
        this.scope = scope;
        this.speeds = speeds;
        PolicyForm.groups(ledger.stored("groups")).forEach(this::put);
        PolicyForm.labels(ledger.stored("label-limits")).forEach(this::put);
        ledger.section("groups", () -> PolicyForm.ofGroups(groups.values()));
        ledger.section("label-limits", () -> PolicyForm.ofLabels(labels.values()));
    }

    /** Names who puts changed limits in force for the torrents. */
    void onChange(Runnable listener) {
        changed = listener;
    }

    private void put(BandwidthGroup group) {
        groups.put(group.name(), group);
        speeds.set(GROUP + group.name(), group.limits());
    }

    private void put(LabelPolicy policy) {
        labels.put(policy.label(), policy);
        speeds.set(LABEL + policy.label(), policy.speed());
    }

    /** What shares its rate limits with a torrent; empty: nobody. */
    String sharing(Settings options, List<String> names) {
        String group = options.get(TorrentOptions.GROUP);
        if (!group.isEmpty()) {
            return GROUP + group;
        }
        for (String name : names) {
            if (labels.containsKey(name)) {
                return LABEL + name;
            }
        }
        return "";
    }

    /** Seeding limits of the first of these labels that has a policy. */
    SeedLimits seeding(List<String> names) {
        for (String name : names) {
            LabelPolicy policy = labels.get(name);
            if (policy != null) {
                return policy.seeding();
            }
        }
        return SeedLimits.NONE;
    }

    @Override
    public List<BandwidthGroup> groups() {
        return List.copyOf(groups.values());
    }

    @Override
    public CompletionStage<Void> setGroup(BandwidthGroup group) {
        if (groups.size() >= MOST && !groups.containsKey(group.name())) {
            return tooMany("groups");
        }
        put(group);
        return changed(group.name());
    }

    @Override
    public CompletionStage<Void> removeGroup(String name) {
        groups.remove(name);
        speeds.remove(GROUP + name);
        return changed(name);
    }

    @Override
    public List<LabelPolicy> labels() {
        return List.copyOf(labels.values());
    }

    @Override
    public CompletionStage<Void> setLabel(LabelPolicy policy) {
        try {
            Labels.checked(List.of(policy.label()));
        } catch (EngineException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (labels.size() >= MOST && !labels.containsKey(policy.label())) {
            return tooMany("labels with limits");
        }
        put(policy);
        return changed(policy.label());
    }

    @Override
    public CompletionStage<Void> removeLabel(String label) {
        labels.remove(label);
        speeds.remove(LABEL + label);
        return changed(label);
    }

    private static CompletionStage<Void> tooMany(String what) {
        return CompletableFuture.failedFuture(
                new EngineException(
                        EngineException.Code.INVALID_ARGUMENT,
                        "at most " + MOST + " " + what + " are allowed"));
    }

    private CompletionStage<Void> changed(String name) {
        changed.run();
        scope.publish(new EngineEvent.PoliciesChanged(scope.now(), Set.of(name)));
        return scope.ledger().save();
    }
}
