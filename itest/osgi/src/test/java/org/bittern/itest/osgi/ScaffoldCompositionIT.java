package org.bittern.itest.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/** The runtime {@code scaffold}, on a port of the system's choice. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public final class ScaffoldCompositionIT extends ComingAndGoing {

    /** The composition. */
    @Configuration
    public static Option[] scaffold() throws IOException {
        return Composition.of("scaffold");
    }

    @Test(timeout = 120_000)
    public void satisfiesTheComponentsOfTheWholePath() {
        assertThat(components().satisfied())
                .anyMatch(name -> name.startsWith("org.bittern.scaffold.internal."))
                .anyMatch(name -> name.startsWith("org.bittern.engine."));
    }
}
