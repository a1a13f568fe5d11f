package dev.weighbridge.scoring.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.JDKRegularExpressionFactory;
import com.networknt.schema.regex.RegularExpressionFactory;
import dev.weighbridge.scoring.ScoringException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.PatternSyntaxException;

/**
 * A JSON Schema: draft 2020-12 where {@code $schema} names no other, else 2019-09, 7, 6 or 4. {@code format} says what a text
 * means and refuses none, as in 2020-12 without its format-assertion vocabulary. A {@code $ref} outside the schema is never
 * fetched. Safe for use by several threads at once.
 */
public final class JsonSchema {
    /** Characters of a schema. */
    public static final int LONGEST = 1_000_000;

    /** Schemas and their parts that one answer is held against: some seconds of work at most. */
    static final int MOST_EVALUATIONS = 2_000_000;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(JsonAnswer.DEEPEST)
                            .maxNumberLength(JsonAnswer.MOST_DIGITS)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final Map<SpecificationVersion, Schema> SPECIFICATIONS = new ConcurrentHashMap<>();

    private final JsonNode source;
    private final Schema schema;
    private final BoundedPatterns patterns;
    private final boolean wholeByValue;

    private JsonSchema(JsonNode source, boolean wholeByValue, Schema schema, BoundedPatterns patterns) {
        this.source = source;
        this.wholeByValue = wholeByValue;
        this.schema = schema;
        this.patterns = patterns;
    }

    /**
     * A schema written as JSON.
     *
     * @throws ScoringException when it is no JSON or no JSON Schema
     */
    public static JsonSchema parse(String text) {
        if (text.length() > LONGEST) {
            throw new ScoringException(
                    "the JSON schema has " + text.length() + " characters; " + LONGEST + " are allowed");
        }
        try {
            return of(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw new ScoringException("the JSON schema is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * A schema in a file.
     *
     * @throws ScoringException when it cannot be read, or as {@link #parse}
     */
    public static JsonSchema read(Path file) {
        try {
            if (Files.size(file) > LONGEST) {
                throw new ScoringException(
                        "JSON schema " + file + " has " + Files.size(file) + " bytes; " + LONGEST + " are allowed");
            }
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new ScoringException("JSON schema " + file + " cannot be read: " + e, e);
        }
    }

    /**
     * A schema of maps, lists and plain values, for example of a YAML file, or of JSON nodes.
     *
     * @throws ScoringException when it is no JSON Schema
     */
    public static JsonSchema of(Object value) {
        JsonNode written = JSON.valueToTree(value);
        if (!written.isObject() && !written.isBoolean()) {
            throw new ScoringException("a JSON schema is an object, true or false, got: " + written.getNodeType());
        }
        SpecificationVersion version = version(written);
        boolean wholeByValue = version != SpecificationVersion.DRAFT_4;
        JsonNode source = PlainNumbers.of(written, wholeByValue);
        try {
            requireSchema(version, source);
            BoundedPatterns patterns = new BoundedPatterns();
            Schema schema = registry(version, patterns).getSchema(source);
            schema.initializeValidators();
            return new JsonSchema(source, wholeByValue, schema, patterns);
        } catch (SchemaException | PatternSyntaxException e) {
            throw new ScoringException("the JSON schema cannot be used: " + e.getMessage(), e);
        } catch (StackOverflowError e) {
            throw new ScoringException("the JSON schema refers to itself without end", e);
        }
    }

    /** A registry of its own for each schema, so that none can name another's parts. */
    private static SchemaRegistry registry(SpecificationVersion version, RegularExpressionFactory patterns) {
        return SchemaRegistry.withDefaultDialect(
                version,
                builder -> builder.schemaCacheEnabled(false)
                        .schemaLoader(loader ->
                                loader.fetchRemoteResources(false).block(location -> !published(location.toString())))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .regularExpressionFactory(patterns)
                                .build()));
    }

    /** Whether a schema is one of the specification, all of which lie in the library. */
    private static boolean published(String location) {
        return location.startsWith("https://json-schema.org/draft/")
                || location.startsWith("http://json-schema.org/draft-0");
    }

    private static SpecificationVersion version(JsonNode source) {
        JsonNode named = source.get("$schema");
        if (named == null) {
            return SpecificationVersion.DRAFT_2020_12;
        }
        return SpecificationVersion.fromDialectId(named.asText())
                .orElseThrow(() -> new ScoringException(
                        "the JSON schema has $schema " + named + ", which is no published draft from 4 to 2020-12"));
    }

    private static void requireSchema(SpecificationVersion version, JsonNode source) {
        Schema specification = SPECIFICATIONS.computeIfAbsent(
                version,
                absent -> registry(version, JDKRegularExpressionFactory.getInstance())
                        .getSchema(SchemaLocation.of(version.getDialectId())));
        List<Error> problems = specification.validate(new BoundedExecution(), source, OutputFormat.DEFAULT);
        if (!problems.isEmpty()) {
            throw new ScoringException("the JSON schema is none by " + version.getDialectId() + ": " + problems.get(0));
        }
    }

    /**
     * Whether a document is valid.
     *
     * @throws ScoringException when that cannot be told within bounds, or the schema refers to what is not there
     */
    public boolean accepts(JsonNode document) {
        patterns.reset();
        try {
            return schema.validate(
                    new BoundedExecution(), PlainNumbers.of(document, wholeByValue), OutputFormat.BOOLEAN);
        } catch (SchemaException e) {
            throw new ScoringException("the JSON schema cannot be used: " + e.getMessage(), e);
        } catch (StackOverflowError e) {
            throw new ScoringException(
                    "the JSON schema refers to itself without end, or has a pattern that recurses too deeply", e);
        }
    }

    /** Share of the required properties that a document has, see {@link RequiredProperties}. */
    public double requiredShare(JsonNode document) {
        return new RequiredProperties(source).share(document);
    }

    /** One validation, which ends when references have multiplied without bound: each part of a schema asks for the errors so far. */
    private static final class BoundedExecution extends ExecutionContext {
        private int asked;

        BoundedExecution() {
            executionConfig(config -> config.formatAssertionsEnabled(false));
        }

        @Override
        public List<Error> getErrors() {
            if (++asked > MOST_EVALUATIONS) {
                throw new ScoringException("the JSON schema took more than " + MOST_EVALUATIONS
                        + " steps for one answer. Write it with fewer alternatives that refer to each other.");
            }
            return super.getErrors();
        }
    }
}
