package org.bittern.engine.internal;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What tests of a transfer begin with: two machines without an engine, and where their files lie.
 */
abstract class TwoMachines {
    @TempDir Path directory;

    /** Has it all, in {@link #there}. */
    Machine seeder;

    /** The one that a test looks at; its files lie in {@link #here}. */
    Machine machine;

    Path there;
    Path here;

    @BeforeEach
    void makeMachines() throws Exception {
        there = directory.resolve("there");
        here = directory.resolve("here");
        seeder = new Machine();
        machine = new Machine();
    }

    @AfterEach
    void closeMachines() {
        seeder.close();
        machine.close();
    }
}
