package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.service.log.FormatterLogger;
import org.osgi.service.log.LogService;
import org.slf4j.LoggerFactory;

/** What bundles say to OSGi's log, and what is written of it. */
@Timeout(30)
class ServiceLogTest {
    private static final String NAME = ServiceLogTest.class.getName();

    private final Logger logback = (Logger) LoggerFactory.getLogger(NAME);
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private final ServiceLog service = new ServiceLog();
    private final org.osgi.service.log.Logger log = service.getLogger(ServiceLogTest.class);

    @BeforeEach
    void listen() {
        written.start();
        logback.addAppender(written);
        logback.setAdditive(false);
        logback.setLevel(Level.WARN);
    }

    @AfterEach
    void listenNoMore() {
        logback.detachAppender(written);
        logback.setAdditive(true);
        logback.setLevel(null);
    }

    private List<String> lines() {
        return written.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    private static Exception wrapped(RuntimeException reason) {
        return new InvocationTargetException(reason);
    }

    @Test
    void aRefusalIsOneLine() {
        log.error("cannot make {}", "it", wrapped(new IllegalArgumentException("url is 'x'")));
        assertThat(lines()).containsExactly("ERROR cannot make it: url is 'x'");
        assertThat(written.list.getFirst().getThrowableProxy()).isNull();
    }

    @Test
    void whoDebugsSeesWhereARefusalCameFrom() {
        logback.setLevel(Level.DEBUG);
        log.error("cannot make it", wrapped(new IllegalArgumentException("url is 'x'")));
        assertThat(lines()).containsExactly("ERROR cannot make it");
        assertThat(written.list.getFirst().getThrowableProxy()).isNotNull();
    }

    @Test
    void aMistakeIsShownWithItsTrace() {
        log.error("cannot make it", wrapped(new IllegalStateException("never")));
        log.error("nor that", new IllegalArgumentException());
        assertThat(lines()).containsExactly("ERROR cannot make it", "ERROR nor that");
        assertThat(written.list).allMatch(event -> event.getThrowableProxy() != null);
    }

    @Test
    void formatsInBothWays() {
        log.warn("{} of {}", 1, 2);
        service.getLogger(NAME, FormatterLogger.class).warn("%d of %03d", 1, 2);
        log.warn("as {} it is");
        assertThat(lines()).containsExactly("WARN 1 of 2", "WARN 1 of 002", "WARN as {} it is");
    }

    @Test
    @SuppressWarnings("deprecation") // bundles that know no other way still call it
    void nothingBelowAWarningIsWrittenWhateverIsAskedFor() {
        logback.setLevel(Level.TRACE);
        log.trace("password={}", "x");
        log.debug("password={}", "x");
        log.info("password={}", "x");
        log.info(to -> to.warn("password=x"));
        service.log(LogService.LOG_INFO, "password=x");
        assertThat(lines()).isEmpty();
        assertThat(log.isTraceEnabled() || log.isDebugEnabled() || log.isInfoEnabled()).isFalse();
    }

    @Test
    void levelsAreThoseOfTheLogger() {
        List<String> asked = new ArrayList<>();
        log.info("not heard");
        log.info(to -> asked.add("info"));
        log.warn(to -> asked.add("warn"));
        log.audit("always heard");
        assertThat(asked).containsExactly("warn");
        assertThat(lines()).containsExactly("WARN always heard");
        assertThat(log.isInfoEnabled()).isFalse();
        assertThat(log.isWarnEnabled()).isTrue();
    }

    @Test
    void thereAreTwoKindsOfLoggers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> service.getLogger(NAME, BundleLog.class));
    }

    @Test
    @SuppressWarnings("deprecation") // bundles that know no other way still call it
    void theOldWayOfLoggingIsHeard() {
        Logger old = (Logger) LoggerFactory.getLogger(LogService.class.getName());
        old.addAppender(written);
        old.setAdditive(false);
        try {
            service.log(LogService.LOG_ERROR, "it {} failed");
            service.log(LogService.LOG_WARNING, "why", new IllegalArgumentException("x is 3"));
            service.log(LogService.LOG_DEBUG, "not heard");
            assertThat(lines()).containsExactly("ERROR it {} failed", "WARN why: x is 3");
        } finally {
            old.detachAppender(written);
            old.setAdditive(true);
        }
    }
}
