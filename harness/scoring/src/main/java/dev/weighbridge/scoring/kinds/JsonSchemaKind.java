package dev.weighbridge.scoring.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.json.JsonAnswer;
import dev.weighbridge.scoring.json.JsonSchema;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Whether the answer is JSON, valid against a schema of the task or of the row, and has the properties that are required. */
public final class JsonSchemaKind implements ScorerKind {
    private static final List<Score> SCORES =
            List.of(Score.share("schema_valid"), Score.share("json_valid"), Score.share("required_present"));

    @Override
    public String id() {
        return "json-schema";
    }

    @Override
    public String description() {
        return "1 when the answer is JSON that is valid against the JSON Schema of option schema (in the task), file or column (of"
                + " the row); json_valid, and the share of required properties that are there; option fence: false takes no JSON"
                + " in a Markdown fence";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        Object inline = options.any("schema", "");
        Optional<Path> file = options.file("file");
        String column = options.text("column", "");
        boolean fences = options.flag("fence", true);
        boolean given = !"".equals(inline);
        if ((given ? 1 : 0) + (file.isPresent() ? 1 : 0) + (column.isEmpty() ? 0 : 1) != 1) {
            throw new ScoringException(
                    "scorer json-schema needs one of the options 'schema' (a JSON Schema), 'file' (one that"
                            + " holds it) and 'column' (of the row that holds it)");
        }
        Function<Question, JsonSchema> schema;
        if (column.isEmpty()) {
            JsonSchema one = file.isPresent() ? JsonSchema.read(file.get()) : written(inline);
            schema = question -> one;
        } else {
            schema = question -> written(inColumn(question, column));
        }
        return new WrittenScorer(SCORES, (question, answer) -> judge(schema.apply(question), answer, fences));
    }

    private static List<double[]> judge(JsonSchema schema, String answer, boolean fences) {
        Optional<JsonNode> document = JsonAnswer.read(answer, fences);
        boolean valid = document.isPresent() && schema.accepts(document.get());
        return List.of(
                Aggregation.one(valid ? 1 : 0),
                Aggregation.one(document.isPresent() ? 1 : 0),
                Aggregation.one(document.map(schema::requiredShare).orElse(0.0)));
    }

    private static JsonSchema written(Object schema) {
        return schema instanceof String text ? JsonSchema.parse(text) : JsonSchema.of(schema);
    }

    private static Object inColumn(Question question, String column) {
        Object schema = question.row().get(column);
        if (schema == null) {
            throw new ScoringException("the row has no JSON schema in column '" + column + "'. It has "
                    + question.row().keySet() + ".");
        }
        return schema;
    }
}
