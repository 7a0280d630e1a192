package org.bittern.api.stream;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ConsumerType;

/** The files of one brain. Thread-safe; every method returns at once. */
@ConsumerType
public interface FileCatalog {

    /** The file with this id; fails with {@link NotReadyException} while that cannot be told. */
    CompletionStage<Optional<StreamFile>> find(String fileId);

    /**
     * Somebody waits for a file that is still {@link NotReadyException#coming}. To be told again
     * and again as long as that is so.
     */
    default void awaited(String fileId) {}

    /**
     * The files of a group, or those of all groups, by group and in natural order of their names;
     * fails with {@link NotReadyException} while that cannot be told.
     */
    CompletionStage<List<StreamFile>> files(Optional<String> group);

    /** Whoever says which parts of these files may be read. */
    RangeBrain brain();

    /**
     * Tells when a file is no longer offered: its streams end.
     *
     * @param withdrawn gets the file id; must return at once
     * @return ends the registration
     */
    Runnable watch(Consumer<String> withdrawn);

    /**
     * Tells when a group may have other files than before, or the same ones elsewhere. A catalog
     * that does not say so never tells.
     *
     * @param changed gets the group, or nothing when any may; must return at once
     * @return ends the registration
     */
    default Runnable watchGroups(Consumer<Optional<String>> changed) {
        return () -> {};
    }
}
