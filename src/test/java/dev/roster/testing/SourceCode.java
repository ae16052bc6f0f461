package dev.roster.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Java code that only a test sees. Compiled among the tests it would be part of the application
 * that Quarkus builds for them: its entities would be mapped and its resources served.
 */
public final class SourceCode {

    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
    private static final Pattern TYPE =
            Pattern.compile(
                    "^(?:public )?(?:class|interface|record|enum) (\\w+)", Pattern.MULTILINE);

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    /** Knows the class path after the first time, which is most of the work. */
    private static final StandardJavaFileManager FILES =
            COMPILER.getStandardFileManager(null, null, null);

    private SourceCode() {}

    /**
     * Compiles against the tests' class path.
     *
     * @param sources one compilation unit each
     * @throws AssertionError with what the compiler says
     */
    public static synchronized void compile(Path output, String... sources) {
        StringWriter said = new StringWriter();
        try {
            FILES.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Unit> units = Arrays.stream(sources).map(Unit::new).toList();
        List<String> options = List.of("--release", "17", "-proc:none", "-nowarn");
        if (!COMPILER.getTask(said, FILES, null, options, null, units).call()) {
            throw new AssertionError(said);
        }
    }

    private static final class Unit extends SimpleJavaFileObject {

        private final String source;

        Unit(String source) {
            super(
                    URI.create(
                            "source:///"
                                    + first(PACKAGE, source).replace('.', '/')
                                    + "/"
                                    + first(TYPE, source)
                                    + JavaFileObject.Kind.SOURCE.extension),
                    JavaFileObject.Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }

        private static String first(Pattern pattern, String source) {
            Matcher matcher = pattern.matcher(source);
            if (!matcher.find()) {
                throw new IllegalArgumentException("No " + pattern + " in " + source);
            }
            return matcher.group(1);
        }
    }
}
