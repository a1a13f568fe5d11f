package dev.weighbridge.scoring.sandbox;

import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Compiles and runs a Java program and its tests inside the sandbox, as the Python warden's child does for
 * Python. The class file is sent into the sandbox by itself, so it has no nested classes and uses nothing
 * but the JDK.
 */
final class JavaProgramMain {
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "(?m)^\\s{0,8}public (?:(?:final|abstract|sealed|strictfp) ){0,3}(?:class|record|interface|enum) (\\w+)");
    private static final int NONCE_BYTES = 32;

    private JavaProgramMain() {}

    /**
     * Runs {@code /box/.source}, then the tests the warden sends.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws IOException {
        int status = 1;
        try (DataInputStream hear = new DataInputStream(new FileInputStream("/proc/self/fd/3"));
                OutputStream say = new FileOutputStream("/proc/self/fd/4")) {
            try {
                Path classes = Files.createDirectories(Path.of("/box/.classes"));
                String source = Files.readString(Path.of("/box/.source"));
                if (compile(source, "Program", classes)) {
                    say.write('T');
                    int size = Math.toIntExact(
                            ByteBuffer.wrap(hear.readNBytes(Long.BYTES)).getLong());
                    byte[] nonce = hear.readNBytes(NONCE_BYTES);
                    String tests = new String(hear.readNBytes(size), StandardCharsets.UTF_8);
                    if (tests.isBlank() || (compile(tests, "Tests", classes) && test(classes))) {
                        say.write(proof(nonce));
                        status = 0;
                    }
                }
            } catch (OutOfMemoryError e) {
                say.write('M');
            }
        } catch (IOException | RuntimeException e) {
            e.printStackTrace(System.err);
        } finally {
            // Threads and hooks of the program have no say in how this ends.
            System.out.flush();
            Runtime.getRuntime().halt(status);
        }
    }

    private static byte[] proof(byte[] nonce) {
        return ByteBuffer.allocate(1 + nonce.length).put((byte) 'D').put(nonce).array();
    }

    private static boolean compile(String source, String name, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Matcher type = PUBLIC_TYPE.matcher(source);
        Path folder = Files.createTempDirectory(Path.of("/box"), ".java");
        Path file = folder.resolve((type.find() ? type.group(1) : name) + ".java");
        Files.writeString(file, source);
        String[] options = {
            "-proc:none",
            "-nowarn",
            "-encoding",
            "UTF-8",
            "-d",
            classes.toString(),
            "-cp",
            classes.toString(),
            file.toString()
        };
        return compiler.run(InputStream.nullInputStream(), System.out, System.err, options) == 0;
    }

    private static boolean test(Path classes) throws IOException {
        URL[] path = {classes.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            loader.setDefaultAssertionStatus(true);
            Method main = loader.loadClass("Tests").getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[0]);
            return true;
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            if (cause instanceof OutOfMemoryError error) {
                throw error;
            }
            tell(cause);
            return false;
        } catch (ReflectiveOperationException e) {
            System.err.println("The tests have no class Tests with a method main: " + e);
            return false;
        }
    }

    private static void tell(@Nullable Throwable failure) {
        if (failure != null) {
            failure.printStackTrace(System.err);
        }
    }
}
