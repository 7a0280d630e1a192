package org.bittern.itest.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/** The runtime {@code stdio}. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public final class StdioCompositionIT extends ComingAndGoing {
    /** The composition, with a standard input that stays open and silent. */
    @Configuration
    public static Option[] stdio() throws IOException {
        @SuppressWarnings("resource") // open as long as the JVM
        InputStream silent = new PipedInputStream(new PipedOutputStream());
        System.setIn(silent);
        return Composition.of("stdio");
    }

    @Test(timeout = 120_000)
    public void satisfiesTheComponentsOfTheWholePath() {
        assertThat(components().satisfied())
                .contains("org.bittern.stdio.internal.StdioControl")
                .anyMatch(name -> name.startsWith("org.bittern.engine."))
                .anyMatch(name -> name.startsWith("org.bittern.disk.file."))
                .anyMatch(name -> name.startsWith("org.bittern.net."))
                .anyMatch(name -> name.startsWith("org.bittern.host."));
    }
}
