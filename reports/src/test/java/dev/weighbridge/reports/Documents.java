package dev.weighbridge.reports;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** Written pages and drawings read back with the JDK's XML parser, which refuses what is not well formed. */
final class Documents {
    private Documents() {}

    /** A page without its doctype and without the content of style and script, which are not XML. */
    static Document html(String page) {
        return xml(page.replaceFirst("<!DOCTYPE html>\n", "")
                .replaceAll("(?s)(<(style|script)[^>]*>).*?</\\2>", "$1</$2>"));
    }

    static Document xml(String text) {
        try {
            var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler());
            return builder.parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new AssertionError("not well formed: " + e.getMessage(), e);
        }
    }

    static List<Element> all(Document document, String tag) {
        return elements(document.getElementsByTagName(tag));
    }

    static List<Element> all(Element element, String tag) {
        return elements(element.getElementsByTagName(tag));
    }

    static Element byId(Document document, String id) {
        return all(document, "*").stream()
                .filter(e -> e.getAttribute("id").equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no element has the id " + id));
    }

    private static List<Element> elements(NodeList nodes) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }
}
