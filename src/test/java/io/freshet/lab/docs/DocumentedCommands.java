package io.freshet.lab.docs;

import io.freshet.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The fenced blocks of the documentation, and the commands in them and in the text.
 *
 * <p>A block is of commands if nothing, or {@code sh}, follows its fence. Where lines of it begin
 * with a prompt, {@code $}, these are the commands, and what follows each is what it prints. In the
 * text a command is code that begins with a program, or with a command of ours and more.
 */
final class DocumentedCommands {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern PROGRAM =
      Pattern.compile(
          "(java|mvn|curl|(bin/)?flink|docker|kubectl|pip|python|ssh|promtool|apt-get) .*");

  private static final Set<String> OURS = Set.copyOf(Main.commandLine().getSubcommands().keySet());

  private DocumentedCommands() {}

  /**
   * A block between fences.
   *
   * @param kind what follows the opening fence
   * @param line of the opening fence, from 1
   */
  record Block(Path page, int line, String kind, String text) {}

  /**
   * A command, with its continuations.
   *
   * @param isInText outside of blocks
   * @param text without the prompt
   * @param output what the page shows of what it prints; empty where it shows nothing
   */
  record Command(Path page, int line, boolean isInText, String text, List<String> output) {
    @Override
    public String toString() {
      return page + ":" + line + ": " + text;
    }

    /** What a shell would make of it, up to the first pipe, redirection or comment. */
    List<String> words() {
      return ShellWords.of(text);
    }

    /** Without the comment at its end. */
    String withoutComment() {
      return text.replaceFirst("\\s+# .*$", "").strip();
    }
  }

  static List<Path> pages() {
    try (Stream<Path> docs = Files.list(Path.of("src/docs"))) {
      return Stream.concat(
              Stream.of(Path.of("README.md")),
              docs.filter(page -> page.toString().endsWith(".md")).sorted())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("run in the project's directory", e);
    }
  }

  static List<Block> blocks(Path page) {
    List<Block> blocks = new ArrayList<>();
    List<String> lines = lines(page);
    int open = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith("```")) {
        if (open < 0) {
          open = i;
        } else {
          String kind = lines.get(open).strip().substring(3);
          String text = String.join("\n", lines.subList(open + 1, i));
          blocks.add(new Block(page, open + 1, kind, text));
          open = -1;
        }
      }
    }
    return blocks;
  }

  /** Those of blocks, then those of the text. */
  static List<Command> commands(Path page) {
    List<Command> commands = new ArrayList<>();
    for (Block block : blocks(page)) {
      if (block.kind().isEmpty() || block.kind().startsWith("sh")) {
        addCommands(block, commands);
      }
    }
    commands.addAll(inText(page));
    return commands;
  }

  private static void addCommands(Block block, List<Command> commands) {
    String[] lines = block.text().split("\n");
    boolean hasPrompts = Stream.of(lines).anyMatch(line -> line.startsWith("$ "));
    List<String> output = new ArrayList<>();
    for (int i = 0; i < lines.length; i++) {
      if (hasPrompts && !lines[i].startsWith("$ ")) {
        output.add(lines[i]);
        continue;
      }
      int first = i;
      StringBuilder text = new StringBuilder(lines[i].strip().replaceFirst("^\\$ ", ""));
      while (text.toString().endsWith("\\") && i + 1 < lines.length) {
        text.setLength(text.length() - 1);
        text.append(lines[++i].strip());
      }
      if (text.toString().endsWith("<<EOF")) {
        while (!lines[++i].equals("EOF")) {} // the file that is written
      }
      output = new ArrayList<>();
      int line = block.line() + 1 + first;
      commands.add(new Command(block.page(), line, false, text.toString(), output));
    }
  }

  private static List<Command> inText(Path page) {
    List<Command> commands = new ArrayList<>();
    List<String> lines = lines(page);
    boolean inBlock = false;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith("```")) {
        inBlock = !inBlock;
      } else if (!inBlock) {
        Matcher code = CODE.matcher(lines.get(i));
        while (code.find()) {
          addCommand(page, i + 1, code.group(1), commands);
        }
      }
    }
    return commands;
  }

  private static void addCommand(Path page, int line, String code, List<Command> commands) {
    String first = code.replaceFirst(" .*", "");
    boolean isOurs = code.contains(" ") && OURS.contains(first);
    if (isOurs) {
      commands.add(
          new Command(page, line, true, "java -jar target/freshet.jar " + code, List.of()));
    } else if (PROGRAM.matcher(code).matches()) {
      commands.add(new Command(page, line, true, code, List.of()));
    }
  }

  private static List<String> lines(Path page) {
    try {
      return Files.readAllLines(page);
    } catch (IOException e) {
      throw new UncheckedIOException(page.toString(), e);
    }
  }
}
