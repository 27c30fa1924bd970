using System.Text.RegularExpressions;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// The style of the house, read from the source tree: what is listed here fails the build of whoever breaks it.
/// </summary>
public sealed partial class TidyTests
{
    private const int FileLinesMax = 250;
    private const int MethodLinesMax = 60;
    private const int FolderFilesMax = 15;
    private const int LineCharactersMax = 130;

    private static readonly string[] s_workers = ["Ingestion", "Scoring", "Settlement", "Payout"];

    /// <summary>The runtime, the servers for demo and tests, the harness: they know SQL and Kafka, and no domain word.</summary>
    private static readonly string[] s_plumbing = ["src/Plumbing/", "src/Embedded/", "src/Harness/"];

    private static IEnumerable<string> Code => Source.Files("src", ".cs");

    private static IEnumerable<string> CodeOf(string project) => Source.Files($"src/{project}", ".cs");

    [Fact]
    public void The_source_tree_is_found() => Assert.True(Code.Count() > 50);

    [Fact]
    public void No_file_is_longer_than_250_lines() =>
        Nothing(from file in Code.Concat(Source.Files("tests", ".cs")).Concat(Source.Files("bench", ".cs"))
                let lines = Source.Lines(file).Length
                where lines > LongerOnes.Files.GetValueOrDefault(file, FileLinesMax)
                select $"{file}: {lines} lines");

    /// <summary>But for texts between three quotes, strings that begin the line, and the names of tests.</summary>
    [Fact]
    public void Lines_end_at_130_characters() =>
        Nothing(from file in Code.Concat(Source.Files("tests", ".cs")).Concat(Source.Files("bench", ".cs"))
                from line in LongLines.Of(Source.Lines(file), LineCharactersMax)
                select $"{file}:{line}");

    [Fact]
    public void No_method_is_longer_than_60_lines() =>
        Nothing(from file in Code.Concat(Source.Files("tests", ".cs")).Concat(Source.Files("bench", ".cs"))
                from method in Methods.Of(Source.Lines(file))
                where method.Lines > LongerOnes.Methods.GetValueOrDefault(file, MethodLinesMax)
                select $"{file}:{method.FirstLine}: {method.Lines} lines");

    [Fact]
    public void No_folder_but_those_of_migrations_holds_more_than_15_files() =>
        Nothing(from file in Source.Files("src", ".cs", ".sql")
                group file by Path.GetDirectoryName(file) into folder
                where folder.Count() > FolderFilesMax && Path.GetFileName(folder.Key) != "Sql"
                select $"{folder.Key}: {folder.Count()} files");

    [Fact]
    public void Sql_stands_only_in_sql_files_and_in_the_plumbing() =>
        Nothing(from file in Code
                where !file.EndsWith("Sql.cs", StringComparison.Ordinal) && !file.Contains("/Sql/", StringComparison.Ordinal)
                where !IsPlumbing(file)
                from found in Found(file, SqlStatement())
                select found);

    /// <summary>
    /// Found by simulation: the planner may run a sub-select again for each row it is joined to, and lock others each time. What
    /// is materialized is limited.
    /// </summary>
    [Fact]
    public void What_an_update_claims_up_to_a_limit_is_materialized() =>
        Nothing(from file in Code where ClaimedAgainAndAgain().IsMatch(Source.Read(file)) select file);

    /// <summary>
    /// Found by simulation: rows without an order come as the plan and the heap have them, and the same events then make another
    /// story.
    /// </summary>
    [Fact]
    public void Rows_are_asked_for_in_an_order() =>
        Nothing(from file in Code
                where file.EndsWith("Sql.cs", StringComparison.Ordinal)
                    && !file.StartsWith("src/Demo/", StringComparison.Ordinal)
                from Match asked in RowsAsked().Matches(Source.Read(file))
                where !asked.Value.Contains("order by", StringComparison.Ordinal)
                select $"{file}: {asked.Value.ReplaceLineEndings(" ")}");

    [Fact]
    public void No_worker_names_the_schema_of_another() =>
        Nothing(from worker in s_workers
                from file in Source.Files($"src/{worker}", ".cs", ".sql")
                from other in s_workers.Where(w => w != worker)
                from found in Found(
                    file, new Regex($@"(?<![\w.""$/-]){other.ToLowerInvariant()}\.[a-z_]+", RegexOptions.CultureInvariant))
                select found);

    [Fact]
    public void Kafka_is_spoken_only_in_the_plumbing() =>
        Nothing(from file in Code
                where !IsPlumbing(file)
                from found in Found(file, new Regex(@"Confluent\.Kafka"))
                select found);

    [Fact]
    public void Everything_is_caught_only_in_the_worker_loop_and_where_the_command_line_ends() =>
        Nothing(from file in Code
                where file is not ("src/Plumbing/Worker.cs" or "src/Contestctl/CommandLine.cs")
                from found in Found(file, CatchesEverything()).Concat(CleansUpWithoutRethrowing(file))
                select found);

    [Fact]
    public void The_plumbing_knows_no_domain_word() =>
        Nothing(from file in Source.Files("src", ".cs", ".sql").Where(IsPlumbing)
                from found in Found(file, DomainNoun())
                select found);

    [Fact]
    public void Every_worker_starts_in_a_few_lines() =>
        Nothing(from worker in s_workers
                let lines = Source.Lines($"src/{worker}/Program.cs").Count(l => l.Trim().Length > 0)
                where lines > 12
                select $"src/{worker}/Program.cs: {lines} lines");

    [Fact]
    public void Every_type_says_in_one_sentence_what_it_is() =>
        Nothing(from file in Code
                let lines = Source.Lines(file)
                from i in Enumerable.Range(0, lines.Length)
                where TopLevelType().IsMatch(lines[i]) && !HasSummary(lines, i)
                select $"{file}:{i + 1}: {lines[i].Trim()}");

    [Fact]
    public void No_name_is_a_shrug() =>
        Nothing(from file in Code
                from found in Found(file, ShruggingName())
                select found);

    [Fact]
    public void Nothing_is_left_for_later() =>
        Nothing(from file in Source.Files("src", ".cs", ".sql").Concat(Source.Files("bench", ".cs"))
            .Concat(Source.Files("docs", ".md"))
                    .Concat(Source.Files("tests", ".cs").Where(f => !f.StartsWith("tests/Unit/Tidy/", StringComparison.Ordinal)))
                from found in Found(file, LeftForLater(), withComments: true)
                select found);

    [Fact]
    public void No_test_is_skipped_by_attribute_or_asserts_nothing() =>
        Nothing(from file in Source.Files("tests", ".cs").Where(f => !f.StartsWith("tests/Unit/Tidy/", StringComparison.Ordinal))
                from found in Found(file, EmptyTest())
                select found);

    [Fact]
    public void Migrations_are_numbered_from_001_without_gaps() =>
        Nothing(from folder in s_workers.Select(w => $"src/{w}/Sql")
                from pair in Source.Files(folder, ".sql").Select(Path.GetFileName).Select((name, i) => (name, i))
                where !pair.name!.StartsWith($"{pair.i + 1:000}-", StringComparison.Ordinal)
                select $"{folder}/{pair.name}: expected number {pair.i + 1:000}");

    private static void Nothing(IEnumerable<string> found)
    {
        var all = found.ToArray();
        Assert.True(all.Length == 0, "found:\n" + string.Join('\n', all));
    }

    private static IEnumerable<string> Found(string file, Regex pattern, bool withComments = false) =>
        Source.Lines(file)
            .Select((line, i) => (Text: withComments ? line : WithoutComment(line), Number: i + 1))
            .Where(l => pattern.IsMatch(l.Text))
            .Select(l => $"{file}:{l.Number}: {l.Text.Trim()}");

    private static string WithoutComment(string line)
    {
        var trimmed = line.TrimStart();
        return trimmed.StartsWith("//", StringComparison.Ordinal) || trimmed.StartsWith("--", StringComparison.Ordinal)
            ? "" : line;
    }

    /// <summary>A bare <c>catch</c> may only tidy up and pass the exception on.</summary>
    private static IEnumerable<string> CleansUpWithoutRethrowing(string file)
    {
        var lines = Source.Lines(file);
        return from i in Enumerable.Range(0, lines.Length)
               where lines[i].Trim() == "catch"
               where !lines.Skip(i + 1).TakeWhile(l => l.Trim() != "}").Any(l => l.Trim() == "throw;")
               select $"{file}:{i + 1}: catch without throw;";
    }

    private static bool IsPlumbing(string file) => s_plumbing.Any(p => file.StartsWith(p, StringComparison.Ordinal));

    private static bool HasSummary(string[] lines, int type)
    {
        var i = type - 1;
        while (i >= 0 && (lines[i].TrimStart().StartsWith('[') || lines[i].TrimStart().StartsWith("#", StringComparison.Ordinal)))
            i--;
        return i >= 0 && lines[i].StartsWith("///", StringComparison.Ordinal);
    }

    [GeneratedRegex(
        @"\bselect\s.+\sfrom\s|""""""\s*select\b|^\s*select\s+[a-z_*]+(,|$)|\binsert into \w|\bupdate \w+\.\w+|\bdelete from \w|\bcreate (table|schema|role) |\bfor update\b|\block table\b|\bcopy \w+\.\w+")]
    private static partial Regex SqlStatement();

    [GeneratedRegex(@"\bset\b[^""]*\b(from|in) \(\s*select\b[^""]*\blimit\b[^""]*\bskip locked")]
    private static partial Regex ClaimedAgainAndAgain();

    [GeneratedRegex(@"\.Query(Async)?<[\s\S]*?\)\s*;\r?\n")]
    private static partial Regex RowsAsked();

    [GeneratedRegex(@"catch\s*(\(\s*(System\.)?Exception\b|\{)")]
    private static partial Regex CatchesEverything();

    [GeneratedRegex(
        @"contest(?!pipeline|ctl)|athlete|payout|lineup|line-up|stripe|ledger|settlement|\bsettled\b|wager|\bscor(e|es|ing)\b|\bplayers?\b|\bgames?\b|\bprizes?\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex DomainNoun();

    [GeneratedRegex(
        @"^(public|internal)( static| sealed| abstract| partial| readonly| ref)* (class|record|struct|interface|enum|delegate)\b")]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"\b(class|record|struct|interface) \w+(Manager|Helper|Helpers|Utils|Util|Base|Impl)\b")]
    private static partial Regex ShruggingName();

    [GeneratedRegex(@"\b(FIXME|TODO|HACK|XXX)\b|NotImplementedException|#region")]
    private static partial Regex LeftForLater();

    [GeneratedRegex(@"Skip\s*=\s*""|Assert\.True\(true\)|Thread\.Sleep|\bMock<")]
    private static partial Regex EmptyTest();
}
