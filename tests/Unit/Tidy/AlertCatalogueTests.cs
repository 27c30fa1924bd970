using System.Text.RegularExpressions;
using ContestPipeline.Payout.Monitoring;
using ContestPipeline.Payout.Reconciliation;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// The page of alerts and the code agree: whatever is told stands there with what it means and who ends it, and nothing else
/// does. What to do is told by the alert itself.
/// </summary>
public sealed partial class AlertCatalogueTests
{
    private const string Page = "docs/operators/alerts.md";

    /// <summary>Kinds that are put together from a word and a state.</summary>
    private static readonly Dictionary<string, string[]> s_states = new()
    {
        ["platform-balance-*"] = ["platform-balance-depleted", "platform-balance-critical", "platform-balance-warning"],
        ["dispute-*"] = ["dispute-inquiry", "dispute-open", "dispute-won", "dispute-lost"],
        ["bank-payout-*"] = ["bank-payout-failed", "bank-payout-canceled"],
        ["*-passed-over"] = ["account-passed-over", "bank-payout-passed-over", "deposit-passed-over", "dispute-passed-over",
            "reversal-passed-over", "transfer-passed-over"],
        ["*-unreadable"] = ["account-unreadable", "bank-payout-unreadable", "deposit-unreadable", "dispute-unreadable",
            "payment-unreadable", "reversal-balance-unreadable", "transfer-unreadable"],
        ["reconcile-*"] = [.. DifferenceKinds.All.Select(k => $"reconcile-{k}")],
    };

    [Fact]
    public void Every_alert_that_the_code_raises_stands_on_the_page_and_every_one_of_the_page_is_raised()
    {
        var raised = Raised().Distinct().Order(StringComparer.Ordinal).ToArray();

        Assert.True(raised.Length > 50, "the calls were not found");
        Assert.Equal(raised, Rows().Select(r => r.Kind).Order(StringComparer.Ordinal));
    }

    /// <summary>It ends by itself, with the day, or by a person: what stands in brackets is one of these marks.</summary>
    [Fact]
    public void Every_alert_says_what_it_means_and_marks_who_ends_it()
    {
        Assert.Equal(Source.Lines(Page).Count(line => line.StartsWith("- ", StringComparison.Ordinal)),
            Source.Lines(Page).Count(line => Item().IsMatch(line)));
        foreach (var row in Rows())
        {
            Assert.True(row.Means.Length > 10, row.Kind);
            Assert.Equal(row.Means.Count(c => c == '('), Ends().Count(row.Means));
        }
    }

    [Fact]
    public void Every_alert_says_what_to_do_and_every_runbook_the_page_names_exists()
    {
        var calls = Source.Files("src", ".cs").Select(Source.Read)
            .SelectMany(text => Call().Matches(text).Select(match => Arguments(text, match.Index + match.Length))).ToArray();

        Assert.True(calls.Length > 50, "the calls were not found");
        Assert.All(calls, call => Assert.True(call.Count >= 6 && call[^1].Length > 5, string.Join(", ", call)));
        var runbooks = Runbook().Matches(Source.Read(Page)).Select(m => m.Groups[1].Value).ToArray();
        Assert.True(runbooks.Length > 15, "the runbooks were not found");
        Assert.All(runbooks, name => Assert.True(Source.Exists($"docs/runbooks/{name}.md"), name));
    }

    /// <summary>Key, severity and wording of an alert stand with those of its subject, not in the middle of a handler.</summary>
    [Fact]
    public void Alerts_are_worded_in_catalogues_and_nowhere_else()
    {
        var elsewhere = Source.Files("src", ".cs")
            .Where(f => Call().IsMatch(Source.Read(f)) && !Catalogue().IsMatch(Source.Read(f)));

        Assert.Empty(elsewhere);
    }

    private static IEnumerable<(string Kind, string Means)> Rows() =>
        from line in Source.Lines(Page)
        let item = Item().Match(line)
        where item.Success
        from kind in item.Groups["kinds"].Value.Split(", ")
        select (kind.Trim('`'), item.Groups["means"].Value);

    private static IEnumerable<string> Raised()
    {
        foreach (var file in Source.Files("src", ".cs"))
        {
            var text = Source.Read(file);
            foreach (Match call in Call().Matches(text))
                foreach (var kind in Kinds(Arguments(text, call.Index + call.Length)[2], text)) yield return kind;
        }
    }

    private static IEnumerable<string> Kinds(string argument, string file)
    {
        if (argument == "rule.Kind") return WaitRules.All.Select(r => r.Kind);
        if (argument[0] is not ('"' or '$'))
            argument = Regex.Match(file, $"{Regex.Escape(argument)} = (\".*?\")").Groups[1].Value;
        var kind = Hole().Replace(argument.Trim('$', '"'), "*");
        Assert.False(kind.Length == 0, $"the kind of an alert in\n{file}");
        return kind.Contains('*', StringComparison.Ordinal) ? s_states[kind] : [kind];
    }

    /// <summary>The arguments of a call, from behind its opening bracket.</summary>
    private static List<string> Arguments(string text, int from)
    {
        var (found, depth, isQuoted, start) = (new List<string>(), 0, false, from);
        for (var i = from; ; i++)
        {
            var c = text[i];
            if (c == '"' && text[i - 1] != '\\') isQuoted = !isQuoted;
            if (isQuoted) continue;
            if (c is '(' or '[' or '{') depth++;
            if (c is ')' or ']' or '}' && --depth < 0 || c == ',' && depth == 0)
            {
                found.Add(text[start..i].Trim());
                start = i + 1;
            }

            if (depth < 0) return found;
        }
    }

    [GeneratedRegex(@"\bnew Alert\(")]
    private static partial Regex Call();

    [GeneratedRegex(@"\bclass \w+Alerts\b")]
    private static partial Regex Catalogue();

    [GeneratedRegex(@"^- (?<kinds>`[a-z-]+`(, `[a-z-]+`)*)( \*(warning|either)\*)?: (?<means>.+)$")]
    private static partial Regex Item();

    [GeneratedRegex(@"\((day|person(: [^)]+)?)\)")]
    private static partial Regex Ends();

    [GeneratedRegex(@"runbook ([a-z-]+)")]
    private static partial Regex Runbook();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Hole();
}
