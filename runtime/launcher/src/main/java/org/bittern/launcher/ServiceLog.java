package org.bittern.launcher;

import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.log.FormatterLogger;
import org.osgi.service.log.LogService;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Sends to SLF4J what bundles of others say to OSGi's log, SCR above all; without such a service it
 * would go to standard output and standard error (Compendium 8, 101). Thread-safe.
 */
final class ServiceLog implements LogService {
    /** Before the first bundle starts. */
    static void offer(BundleContext context) {
        context.registerService(
                new String[] {LogService.class.getName(), LoggerFactory.class.getName()},
                new ServiceLog(),
                null);
    }

    @Override
    public Logger getLogger(String name) {
        return getLogger(name, Logger.class);
    }

    @Override
    public Logger getLogger(Class<?> of) {
        return getLogger(of.getName(), Logger.class);
    }

    @Override
    public <L extends Logger> L getLogger(Class<?> of, Class<L> type) {
        return getLogger(of.getName(), type);
    }

    @Override
    public <L extends Logger> L getLogger(Bundle bundle, String name, Class<L> type) {
        return getLogger(name, type);
    }

    @Override
    public <L extends Logger> L getLogger(String name, Class<L> type) {
        boolean printf = type == FormatterLogger.class;
        if (!printf && type != Logger.class) {
            throw new IllegalArgumentException("there are no loggers of " + type);
        }
        return type.cast(new BundleLog(org.slf4j.LoggerFactory.getLogger(name), printf));
    }

    @Override
    @Deprecated
    public void log(int level, String message) {
        log(null, level, message, null);
    }

    @Override
    @Deprecated
    public void log(int level, String message, @Nullable Throwable thrown) {
        log(null, level, message, thrown);
    }

    @Override
    @Deprecated
    public void log(@Nullable ServiceReference<?> of, int level, String message) {
        log(of, level, message, null);
    }

    @Override
    @Deprecated
    public void log(
            @Nullable ServiceReference<?> of,
            int level,
            String message,
            @Nullable Throwable thrown) {
        Bundle bundle = of == null ? null : of.getBundle();
        String name = bundle == null ? LogService.class.getName() : bundle.getSymbolicName();
        new BundleLog(org.slf4j.LoggerFactory.getLogger(name), false)
                .write(level(level), message, thrown);
    }

    @SuppressWarnings("deprecation") // the levels of those who know no other way
    private static Level level(int level) {
        return switch (level) {
            case LOG_ERROR -> Level.ERROR;
            case LOG_WARNING -> Level.WARN;
            case LOG_INFO -> Level.INFO;
            default -> Level.DEBUG;
        };
    }
}
