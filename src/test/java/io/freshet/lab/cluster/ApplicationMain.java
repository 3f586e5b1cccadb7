package io.freshet.lab.cluster;

import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.flink.client.deployment.application.ApplicationClusterEntryPoint;
import org.apache.flink.client.program.DefaultPackagedProgramRetriever;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.entrypoint.ClusterEntrypoint;
import org.apache.flink.runtime.entrypoint.ClusterEntrypointUtils;
import org.apache.flink.runtime.entrypoint.EntrypointClusterConfiguration;
import org.apache.flink.runtime.entrypoint.parser.CommandLineOptions;
import org.apache.flink.runtime.entrypoint.parser.CommandLineParser;
import org.apache.flink.runtime.entrypoint.parser.ParserResultFactory;
import org.apache.flink.runtime.resourcemanager.StandaloneResourceManagerFactory;

/**
 * A job manager with one application, as {@code standalone-job} of Flink's image runs it. Flink's
 * own main class for this is in no artifact of Maven Central; all that it calls is.
 */
@SuppressWarnings("try") // closing may be interrupted, as Flink declares it
final class ApplicationMain extends ApplicationClusterEntryPoint {
  private ApplicationMain(Configuration flink, PackagedProgram program) {
    super(flink, program, StandaloneResourceManagerFactory.getInstance());
  }

  public static void main(String[] args) throws Exception {
    CommandLine line = new CommandLineParser<>(new Arguments()).parse(args);
    Configuration flink =
        loadConfiguration(
            new EntrypointClusterConfiguration(
                line.getOptionValue("c"), line.getOptionProperties("D"), line.getArgs()));
    PackagedProgram program =
        DefaultPackagedProgramRetriever.create(
                ClusterEntrypointUtils.tryFindUserLibDirectory().orElseThrow(),
                line.getOptionValue("j"),
                line.getArgs(),
                flink)
            .getPackagedProgram();
    configureExecution(flink, program);
    ClusterEntrypoint.runClusterEntrypoint(new ApplicationMain(flink, program));
  }

  /** Flink's options of a standalone application; what is none goes to the application. */
  static final class Arguments implements ParserResultFactory<CommandLine> {
    @Override
    public Options getOptions() {
      return new Options()
          .addOption(CommandLineOptions.CONFIG_DIR_OPTION)
          .addOption(CommandLineOptions.DYNAMIC_PROPERTY_OPTION)
          .addOption(Option.builder("j").longOpt("job-classname").hasArg().build())
          .addOption(Option.builder("jid").longOpt("job-id").hasArg().build())
          .addOption(Option.builder("s").longOpt("fromSavepoint").hasArg().build())
          .addOption(Option.builder("n").longOpt("allowNonRestoredState").build());
    }

    @Override
    public CommandLine createResult(CommandLine line) {
      return line;
    }
  }
}
