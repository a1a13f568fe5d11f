package dev.weighbridge.cli;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.inference.shape.RandomCheckpoint;
import dev.weighbridge.inference.shape.Shape;
import dev.weighbridge.inference.shape.Shapes;
import dev.weighbridge.inference.shape.ValueType;
import dev.weighbridge.results.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a checkpoint of a real model's shape with random weights. */
@Command(
        name = "make-checkpoint",
        description = {
            "Write a checkpoint of a real model's shape with random weights, for studies of speed alone.",
            "The folder says that its weights are random: accuracy is never reported of it."
        },
        footer = {
            "",
            "Examples:",
            "  weighbridge make-checkpoint --list",
            "  weighbridge make-checkpoint --shape llama-tiny target/models/llama-tiny",
            "  weighbridge make-checkpoint --shape smollm2-135m --dtype bf16 --seed 7 /data/models/smollm2-random"
        })
final class MakeCheckpointCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "FOLDER", description = "Folder to write; must not exist or be empty.")
    private @Nullable Path folder;

    @Option(names = "--shape", paramLabel = "NAME", description = "Shape of the model; see --list.")
    private @Nullable String shape;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the weights; the same one gives the same bytes. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--dtype",
            paramLabel = "T",
            description = "Type that weights are stored as: f32, bf16 or f16. Default: ${DEFAULT-VALUE}.")
    private String type = "f32";

    @Option(names = "--list", description = "List the shapes with their parameters and bytes; writes nothing.")
    private boolean list;

    @Option(names = "--json", description = "With --list: print JSON for a script to read.")
    private boolean json;

    MakeCheckpointCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ValueType stored = OptionValue.read("--dtype", type, ValueType::of);
        if (list) {
            list(stored);
            return ExitCode.GOOD;
        }
        Path target = folder;
        if (shape == null || target == null) {
            throw new ConfigException(
                    "give a shape and a folder, or --list for the shapes there are. Example: weighbridge"
                            + " make-checkpoint --shape llama-tiny target/models/llama-tiny");
        }
        RandomCheckpoint checkpoint =
                new RandomCheckpoint(OptionValue.read("--shape", shape, Shapes::named), seed, stored);
        try {
            checkpoint.write(target);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new ConfigException("the checkpoint cannot be written to " + target + ": " + e
                    + ". Free space or choose another folder; what was written of it has been removed.");
        }
        terminal.line(target + "  " + shape + ", " + parameters(checkpoint.shape()) + " parameters, " + stored.id()
                + ", " + size(checkpoint.bytes()) + ", random weights of seed " + seed + ": speed only");
        return ExitCode.GOOD;
    }

    private void list(ValueType stored) {
        List<Shape> shapes = Shapes.all();
        if (json) {
            terminal.line(Json.pretty(
                            shapes.stream().map(known -> facts(known, stored)).toList())
                    .stripTrailing());
            return;
        }
        for (Shape known : shapes) {
            terminal.line(String.format(
                    Locale.ROOT,
                    "%-14s %-9s %9s  %9s as %-4s  %s",
                    known.name(),
                    known.family(),
                    parameters(known),
                    size(known.parameters() * stored.width()),
                    stored.id(),
                    known.about()));
        }
    }

    private static Map<String, Object> facts(Shape known, ValueType stored) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", known.name());
        facts.put("family", known.family());
        facts.put("parameters", known.parameters());
        facts.put("dtype", stored.id());
        facts.put("bytes", known.parameters() * stored.width());
        facts.put("vocabulary_size", known.vocabularySize());
        facts.put("about", known.about());
        facts.put("source", known.source());
        return facts;
    }

    private static String parameters(Shape shape) {
        return String.format(Locale.ROOT, "%.1f M", shape.parameters() / 1e6);
    }

    private static String size(long bytes) {
        return bytes < 1e9
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }
}
