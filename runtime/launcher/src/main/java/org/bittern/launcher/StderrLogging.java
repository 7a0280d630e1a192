package org.bittern.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/**
 * Logs to standard error, at WARN or what the environment variable {@code BITTERN_LOG} says (trace,
 * debug, info, warn, error, off). In code because reading logback's XML takes a tenth of a second
 * at each start. Found by logback through {@link java.util.ServiceLoader}.
 */
public final class StderrLogging extends ContextAwareBase implements Configurator {
    private static final String LEVEL = "BITTERN_LOG";

    /**
     * Leaves out the warnings of a bundle, unless somebody asked for a level.
     *
     * @param bundle its symbolic name, which all its packages begin with
     */
    static void quiet(String bundle) {
        if (System.getenv(LEVEL) == null && LoggerFactory.getLogger(bundle) instanceof Logger of) {
            of.setLevel(Level.ERROR);
        }
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0} [%thread] %msg%n");
        encoder.start();

        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();

        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        String level = System.getenv().getOrDefault(LEVEL, "warn");
        root.setLevel(Level.toLevel(level.toUpperCase(Locale.ROOT), Level.WARN));
        root.addAppender(appender);
        // Below INFO the server prints the bytes of requests: passwords and tokens stand there.
        Level most = root.getLevel().isGreaterOrEqual(Level.INFO) ? root.getLevel() : Level.INFO;
        context.getLogger("org.eclipse.jetty").setLevel(most);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
