package org.bittern.metrics.internal;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects metrics of one scrape. Owned by the thread that answers it. */
final class Readings {
    private final List<MetricSnapshot> metrics = new ArrayList<>();

    /** A value that goes up and down. */
    Readings gauge(String name, String help, Number value) {
        return gauges(name, help, Map.of(Labels.EMPTY, value));
    }

    /** Values that go up and down, one per set of labels. */
    Readings gauges(String name, String help, Map<Labels, ? extends Number> values) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        values.forEach((labels, value) ->
                gauge.dataPoint(
                        GaugeDataPointSnapshot.builder()
                                .labels(labels)
                                .value(value.doubleValue())
                                .build()));
        metrics.add(gauge.build());
        return this;
    }

    /**
     * A sum that only grows, until the engine starts again.
     *
     * @param name without {@code _total}, which the format adds
     */
    Readings counter(String name, String help, Number value) {
        metrics.add(
                CounterSnapshot.builder()
                        .name(name)
                        .help(help)
                        .dataPoint(
                                CounterDataPointSnapshot.builder()
                                        .value(value.doubleValue())
                                        .build())
                        .build());
        return this;
    }

    /**
     * Texts, as labels of a series that is always 1.
     *
     * @param name without {@code _info}, which the format adds
     */
    Readings info(String name, String help, Labels labels) {
        metrics.add(
                InfoSnapshot.builder()
                        .name(name)
                        .help(help)
                        .dataPoint(InfoDataPointSnapshot.builder().labels(labels).build())
                        .build());
        return this;
    }

    MetricSnapshots all() {
        return new MetricSnapshots(metrics);
    }
}
