package dev.weighbridge.site;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Pages of a site, read as the XML that they are. */
final class Pages {
    private Pages() {}

    /** Every page of a site. */
    static List<Path> all(Path site) {
        try (Stream<Path> files = Files.walk(site)) {
            return files.filter(file -> file.toString().endsWith(".html"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(site + " cannot be read: " + e, e);
        }
    }

    /** Elements of a page that an XPath finds. */
    static List<Element> find(Path page, String path) {
        try {
            Document document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(Files.readString(page))));
            NodeList nodes =
                    (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, document, XPathConstants.NODESET);
            List<Element> elements = new ArrayList<>();
            for (int i = 0; i < nodes.getLength(); i++) {
                elements.add((Element) nodes.item(i));
            }
            return elements;
        } catch (IOException | ParserConfigurationException | SAXException | XPathExpressionException e) {
            throw new AssertionError(page + " cannot be read: " + e, e);
        }
    }

    static List<String> texts(Path page, String path) {
        return find(page, path).stream().map(Element::getTextContent).toList();
    }

    static List<String> attributes(Path page, String path, String name) {
        return find(page, path).stream()
                .map(element -> element.getAttribute(name))
                .toList();
    }
}
