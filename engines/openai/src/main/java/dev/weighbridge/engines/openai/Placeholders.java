package dev.weighbridge.engines.openai;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What stands for the placeholders in a server's command, environment and address. */
public final class Placeholders {
    private static final Pattern NAME = Pattern.compile("\\{([a-z][a-z0-9-]*)}");
    private static final String ALL_OPTIONS = "{options}";

    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, String> options;

    /**
     * @param options of the server
     * @param ports that it is to listen on, by placeholder
     */
    public Placeholders(EngineSpec spec, Map<String, String> options, Map<String, Integer> ports) {
        this.options = new TreeMap<>(options);
        values.putAll(options);
        ports.forEach((name, port) -> values.put(name, Integer.toString(port)));
        values.put("model", spec.model().toString());
        values.put("threads", Integer.toString(spec.threads()));
        values.put("context-length", Integer.toString(spec.contextLength()));
        values.put("precision", spec.precision().id());
        values.put("batch-size", Integer.toString(spec.batching().size()));
    }

    /**
     * Ports of the loopback address that nothing listens on, each another.
     *
     * @throws EngineException when there are none
     */
    public static Map<String, Integer> freePorts(String... names) {
        Map<String, Integer> ports = new TreeMap<>();
        List<ServerSocket> open = new ArrayList<>();
        try {
            // All are held until the last one is found, so that none is given twice.
            for (String name : names) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                open.add(socket);
                ports.put(name, socket.getLocalPort());
            }
            for (ServerSocket socket : open) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new EngineException(Category.FAILED, "there is no free port on the loopback address", e);
        }
    }

    /**
     * A text with all of them filled in.
     *
     * @throws EngineException when it has one that nothing stands for
     */
    public String fill(String text) {
        Matcher matcher = NAME.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (matcher.find()) {
            String value = values.get(matcher.group(1));
            if (value == null) {
                throw new EngineException(
                        Category.BAD_REQUEST,
                        "'" + text + "' has the placeholder " + matcher.group()
                                + ", for which nothing stands. Use one of " + values.keySet()
                                + ", or add an option of that name");
            }
            matcher.appendReplacement(filled, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(filled).toString();
    }

    /** A command; an argument that is {@code {options}} alone becomes an argument for each option's name and value. */
    public List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.equals(ALL_OPTIONS)) {
                options.forEach((name, value) -> {
                    command.add("--" + name);
                    if (!value.isEmpty()) {
                        command.add(value);
                    }
                });
            } else {
                command.add(fill(argument));
            }
        }
        return command;
    }
}
