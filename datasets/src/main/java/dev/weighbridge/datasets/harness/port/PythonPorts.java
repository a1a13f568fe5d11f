package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds what stands for a Python function that a task file names by {@code !function MODULE.NAME}. The module is the file
 * {@code MODULE.py} beside the task file: its text is hashed and never run, and a text that was not checked is refused. Who knows
 * that another text does the same writes the port's name in {@code MODULE.py.port} beside it.
 */
public final class PythonPorts {
    private static final List<PortedModule> MODULES = List.of(
            new Arithmetic(),
            new BigBenchHard(),
            new Drop(),
            new Gpqa(),
            new Gpqa.Leaderboard(),
            new Gpqa.ShuffledAnew(),
            new Hellaswag(),
            new HumanEval(),
            new IfEval(),
            new Mbpp(),
            new MinervaMath(),
            new MmluPro(),
            new MmluProLetters(),
            new MuSr(),
            new Race(),
            new Squad2(),
            new TruthfulQa(),
            new Wikitext(),
            new Winogrande());
    private static final Pattern NAME = Pattern.compile("([A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*)\\.([A-Za-z_]\\w*)");
    private static final String CHOSEN = ".port";
    private static final long LARGEST = 1 << 20;
    private static final long LONGEST_CHOICE = 200;

    private PythonPorts() {}

    /** All that is ported, by name. */
    public static List<PortedModule> modules() {
        return MODULES;
    }

    /**
     * What stands for a function.
     *
     * @param name as the task file has it, with the module
     * @param folder of the file that names it
     * @throws DataException when nothing does, or it stands for another kind of function
     */
    public static <T extends PortedFunction> T find(String name, Path folder, Class<T> kind) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            throw new DataException("'" + name + "' is no name of a Python module and a function of it");
        }
        Path file = folder.resolve(parts.group(1).replace('.', '/') + ".py");
        PortedModule module = module(file, parts.group(2));
        PortedFunction function = module.functions().get(parts.group(2));
        if (function == null) {
            throw new DataException("of " + file.getFileName() + ", port " + module.id() + ", '" + parts.group(2)
                    + "' is not ported. Ported are "
                    + new TreeSet<>(module.functions().keySet()) + ".");
        }
        if (function instanceof PortedFunction.Refused refused) {
            throw new DataException("'" + parts.group(2) + "' of port " + module.id() + " " + refused.reason());
        }
        if (function instanceof PortedFunction.Listed listed && kind == PortedFunction.Samples.class) {
            List<Map<String, @Nullable Object>> rows =
                    listed.in(new String(bytes(file, LARGEST), StandardCharsets.UTF_8));
            return kind.cast((PortedFunction.Samples) split -> rows);
        }
        if (!kind.isInstance(function)) {
            throw new DataException(
                    "'" + parts.group(2) + "' of port " + module.id() + " makes " + function.makes() + ", not this");
        }
        return kind.cast(function);
    }

    private static PortedModule module(Path file, String function) {
        Optional<String> chosen = chosen(file);
        if (chosen.isPresent()) {
            return MODULES.stream()
                    .filter(module -> module.id().equals(chosen.get()))
                    .findFirst()
                    .orElseThrow(() -> new DataException(file + CHOSEN + " names the port '" + chosen.get()
                            + "', which does not exist. Name one of " + ids(MODULES) + "."));
        }
        String hash = hash(file);
        return MODULES.stream()
                .filter(module -> module.texts().containsKey(hash))
                .findFirst()
                .orElseThrow(() -> new DataException(refusal(file, function, hash)));
    }

    private static String refusal(Path file, String function, String hash) {
        List<PortedModule> like = MODULES.stream()
                .filter(module -> module.functions().containsKey(function))
                .toList();
        return file + " with the SHA-256 " + hash + " is none of the Python files whose functions are ported here"
                + " (datasets/README.md), and Python is never run. Write what it does as templates, or prepare its rows"
                + " beforehand"
                + (like.isEmpty()
                        ? ""
                        : "; or, if it does the same as one of the ports " + ids(like) + ", write that port's name in "
                                + file.getFileName() + CHOSEN + " beside it")
                + ".";
    }

    private static List<String> ids(List<PortedModule> modules) {
        return modules.stream().map(PortedModule::id).toList();
    }

    private static Optional<String> chosen(Path file) {
        Path choice = file.resolveSibling(file.getFileName() + CHOSEN);
        if (!Files.isRegularFile(choice)) {
            return Optional.empty();
        }
        return Optional.of(new String(bytes(choice, LONGEST_CHOICE), StandardCharsets.UTF_8).strip());
    }

    private static String hash(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file + " is missing. Put it beside the task file: it is never run, but its text says"
                            + " which function is meant.");
        }
        return TaskSets.sha256(bytes(file, LARGEST));
    }

    private static byte[] bytes(Path file, long most) {
        try {
            if (Files.size(file) > most) {
                throw new DataException(file + " has " + Files.size(file) + " bytes; at most " + most + " are read");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e, e);
        }
    }
}
