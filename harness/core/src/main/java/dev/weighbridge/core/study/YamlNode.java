package dev.weighbridge.core.study;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.weighbridge.core.ConfigException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value of a YAML file that knows the line it stands on.
 *
 * @param line from 1
 * @param value a {@code Map<String, YamlNode>}, a {@code List<YamlNode>}, or the text of a scalar
 */
record YamlNode(int line, Object value) {
    private static final YAMLFactory FACTORY = YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /**
     * Reads a whole file.
     *
     * @param name of the file, for messages
     * @throws ConfigException when it is not YAML with a mapping at its top
     */
    static YamlNode read(String text, String name) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ConfigException(name + ":1: a study file must be a mapping of keys to values");
            }
            return node(parser);
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("not valid YAML");
            int line = e instanceof com.fasterxml.jackson.core.JsonProcessingException at && at.getLocation() != null
                    ? at.getLocation().getLineNr()
                    : 1;
            throw new ConfigException(name + ":" + line + ": " + message);
        }
    }

    private static YamlNode node(JsonParser parser) throws IOException {
        int line = parser.currentTokenLocation().getLineNr();
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            Map<String, YamlNode> entries = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                int keyLine = parser.currentTokenLocation().getLineNr();
                String key = parser.currentName();
                parser.nextToken();
                entries.put(key, new YamlNode(keyLine, node(parser).value()));
            }
            return new YamlNode(line, entries);
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<YamlNode> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(node(parser));
            }
            return new YamlNode(line, items);
        }
        return new YamlNode(line, String.valueOf(parser.getText()));
    }
}
