package org.bittern.api.engine;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The block list of the process: a service of its own, there while its bundle is. It acts while
 * {@link NetworkSettings#BLOCKLIST_ENABLED} is on. Thread-safe; every method returns at once.
 */
@ProviderType
public interface Blocklist {
    /** Rules that are loaded, whether they are in force or not. */
    int loadedRules();

    /**
     * Fetches {@link NetworkSettings#BLOCKLIST_URL} and reads all lists anew. One at a time: who
     * asks meanwhile gets the same answer. Peers that are not blocked stay.
     *
     * @return never fails; when nothing usable came, the answer says why and the old rules stay
     */
    CompletionStage<Update> update();

    /**
     * How an update ended.
     *
     * @param rules rules that are loaded now
     * @param problem one line, fit for users; empty when the update succeeded
     */
    record Update(int rules, Optional<String> problem) {}
}
