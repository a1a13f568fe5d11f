package dev.weighbridge.load;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * Keeps Gatling and Netty to warnings where nobody configured them: without a configuration Logback prints every debug
 * line, and both write several for each chunk they read, which would also be a load of its own.
 */
final class QuietLogging {
    private static final List<String> LOUD = List.of("io.gatling", "io.netty");

    private QuietLogging() {}

    static void apply() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        // By name, so that a class path with another logging backend never loads Logback's classes.
        if (factory.getClass().getName().equals("ch.qos.logback.classic.LoggerContext")) {
            Logback.limit(factory);
        }
    }

    private static final class Logback {
        static void limit(ILoggerFactory factory) {
            for (String name : LOUD) {
                ch.qos.logback.classic.Logger logger = ((LoggerContext) factory).getLogger(name);
                if (logger.getLevel() == null) {
                    logger.setLevel(Level.WARN);
                }
            }
        }
    }
}
