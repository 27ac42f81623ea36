package org.millrace.relay;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Inside the agent, roles meet through {@code relay-api}: only the root package knows them all. */
@AnalyzeClasses(packages = "org.millrace.relay", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageArrowsTest {
    private static final String ROOT = "org.millrace.relay";

    @ArchTest
    static final ArchRule nobodyKnowsTheRoot = noClasses()
            .that()
            .resideInAPackage(ROOT + ".(*)..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT);

    @ArchTest
    static final ArchRule theConfigurationMakesComponentsByTheirContractsAlone = classes()
            .that()
            .resideInAPackage(ROOT + ".config..")
            .should()
            .onlyDependOnClassesThat(resideInAPackage(ROOT + ".config..")
                    .or(resideInAnyPackage(
                            "org.millrace.api..",
                            "org.millrace.codec..",
                            ROOT + ".plugin..",
                            "java..",
                            "org.apache.commons.text..",
                            "com.codahale.metrics..",
                            "org.jspecify.annotations..",
                            "org.slf4j..")));

    @ArchTest
    static final ArchRule rolesDoNotKnowEachOther = noClasses()
            .that()
            .resideInAnyPackage(
                    ROOT + ".source..", ROOT + ".channel..", ROOT + ".sink..", ROOT + ".route..", ROOT + ".metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".config..", ROOT + ".cli..", ROOT + ".admin..");

    @ArchTest
    static final ArchRule sourcesChannelsSinksAndRoutesAreApart = slices().matching(
                    ROOT + ".(source|channel|sink|route|metrics)..")
            .namingSlices("$1")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule packagesHaveNoCircles =
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles();
}
