package org.bittern.api.engine;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/** What holds for several torrents: bandwidth groups and labels with limits. Thread-safe. */
@ProviderType
public interface Policies {

    /** All groups, in order of their names. */
    List<BandwidthGroup> groups();

    /** Makes a group, or changes the one of this name. */
    CompletionStage<Void> setGroup(BandwidthGroup group);

    /** Removes a group if there is one; its torrents have no group limits then. */
    CompletionStage<Void> removeGroup(String name);

    /** All labels that have limits, in order of their names. */
    List<LabelPolicy> labels();

    /** Gives limits to a label, or changes them. */
    CompletionStage<Void> setLabel(LabelPolicy policy);

    /** Takes the limits of a label away; torrents keep the label. */
    CompletionStage<Void> removeLabel(String label);
}
