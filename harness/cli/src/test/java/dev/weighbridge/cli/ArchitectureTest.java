package dev.weighbridge.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The allowed edges between modules, and the rules that hold in all of them. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.weighbridge");

    @Test
    void theScanFindsEveryModule() {
        assertThat(CLASSES.size()).as("an empty scan would let everything pass").isGreaterThan(150);
        for (String module : new String[] {
            "api",
            "results",
            "analysis",
            "interchange",
            "scoring",
            "gateway",
            "pages",
            "core",
            "datasets",
            "inference",
            "api.load",
            "encoder",
            "engines.openai",
            "engines.triton",
            "engines.pytorch",
            "engines.onnxruntime",
            "training",
            "load",
            "reports",
            "site",
            "cli"
        }) {
            assertThat(CLASSES.stream().anyMatch(c -> c.getPackageName().startsWith("dev.weighbridge." + module)))
                    .as(module)
                    .isTrue();
        }
    }

    @Test
    void modulesDependOnlyAsTheDesignAllows() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.weighbridge..")
                .layer("api")
                .definedBy("dev.weighbridge.api")
                .layer("load-api")
                .definedBy("dev.weighbridge.api.load..")
                .layer("encoder")
                .definedBy("dev.weighbridge.encoder..")
                .layer("results")
                .definedBy("dev.weighbridge.results..")
                .layer("analysis")
                .definedBy("dev.weighbridge.analysis..")
                .layer("interchange")
                .definedBy("dev.weighbridge.interchange..")
                .layer("scoring")
                .definedBy("dev.weighbridge.scoring..")
                .layer("gateway")
                .definedBy("dev.weighbridge.gateway..")
                .layer("pages")
                .definedBy("dev.weighbridge.pages..")
                .layer("core")
                .definedBy("dev.weighbridge.core..")
                .layer("datasets")
                .definedBy("dev.weighbridge.datasets..")
                .layer("inference")
                .definedBy("dev.weighbridge.inference..")
                .layer("openai")
                .definedBy("dev.weighbridge.engines.openai..")
                .layer("triton")
                .definedBy("dev.weighbridge.engines.triton..")
                .layer("pytorch")
                .definedBy("dev.weighbridge.engines.pytorch..")
                .layer("onnxruntime")
                .definedBy("dev.weighbridge.engines.onnxruntime..")
                .layer("training")
                .definedBy("dev.weighbridge.training..")
                .layer("load")
                .definedBy("dev.weighbridge.load..")
                .layer("reports")
                .definedBy("dev.weighbridge.reports..")
                .layer("site")
                .definedBy("dev.weighbridge.site..")
                .layer("cli")
                .definedBy("dev.weighbridge.cli..")
                .whereLayer("api")
                .mayNotAccessAnyLayer()
                .whereLayer("load-api")
                .mayOnlyAccessLayers("api")
                .whereLayer("results")
                .mayOnlyAccessLayers("api", "load-api")
                .whereLayer("datasets")
                .mayOnlyAccessLayers("api")
                .whereLayer("core")
                .mayOnlyAccessLayers("api", "load-api", "results", "analysis", "datasets", "scoring", "gateway")
                .whereLayer("encoder")
                .mayNotAccessAnyLayer()
                .whereLayer("scoring")
                .mayOnlyAccessLayers("encoder")
                .whereLayer("gateway")
                .mayOnlyAccessLayers("encoder")
                .whereLayer("analysis")
                .mayOnlyAccessLayers("api", "load-api", "results")
                .whereLayer("interchange")
                .mayOnlyAccessLayers("load-api", "results", "analysis")
                .whereLayer("pages")
                .mayOnlyAccessLayers("api", "results", "analysis")
                .whereLayer("openai")
                .mayOnlyAccessLayers("api")
                .whereLayer("openai")
                .mayOnlyBeAccessedByLayers("inference", "triton")
                .whereLayer("triton")
                .mayOnlyAccessLayers("api", "openai")
                .whereLayer("triton")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("inference")
                .mayOnlyAccessLayers("api", "openai")
                .whereLayer("pytorch")
                .mayOnlyAccessLayers("api", "inference")
                .whereLayer("onnxruntime")
                .mayOnlyAccessLayers("api", "inference", "encoder")
                .whereLayer("training")
                .mayOnlyAccessLayers("inference", "pytorch")
                .whereLayer("load")
                .mayOnlyAccessLayers("api", "load-api", "results")
                .whereLayer("reports")
                .mayOnlyAccessLayers("api", "results", "analysis", "pages")
                .whereLayer("site")
                .mayOnlyAccessLayers("api", "results", "analysis", "pages")
                .whereLayer("pytorch")
                .mayOnlyBeAccessedByLayers("training")
                .whereLayer("onnxruntime")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("training")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void packagesOfAModuleFormNoCycles() {
        slices().matching("dev.weighbridge.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theEngineSpiDependsOnNothingButTheJdkAndJSpecify() {
        classes()
                .that()
                .resideInAPackage("dev.weighbridge.api..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.weighbridge.api..", "java..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void standardStreamsBelongToTheCommandLineAndToProcessMains() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.weighbridge.cli..")
                .and()
                .haveSimpleNameNotEndingWith("Main")
                .and()
                .doNotHaveSimpleName("TrainDecoder")
                .and()
                .doNotHaveSimpleName("WriteDemoData")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineAndProcessMainsEndTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.weighbridge.cli..")
                .and()
                .haveSimpleNameNotEndingWith("Main")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(CLASSES.stream()
                        .map(c -> c.getPackage())
                        .distinct()
                        .filter(p ->
                                p.getPackageInfo() != null || !p.getClasses().isEmpty())
                        .filter(p -> p.tryGetAnnotationOfType(NullMarked.class).isEmpty())
                        .map(p -> p.getName()))
                .isEmpty();
    }
}
