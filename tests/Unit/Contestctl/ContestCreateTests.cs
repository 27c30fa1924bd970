using System.Text.RegularExpressions;
using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Commands;
using ContestPipeline.Contracts;
using ContestPipeline.Scoring;
using ContestPipeline.Unit.Tidy;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>What <c>contest create --help</c> says is what Scoring refuses, and the definition that ships is accepted.</summary>
public sealed class ContestCreateTests
{
    private static readonly string s_help = ContestCreateCommand.Make(
        new Session(new ConfigurationBuilder().Build(), TimeProvider.System)).Description!;

    [Fact]
    public void Every_reason_for_which_a_definition_is_refused_stands_in_the_help_with_its_rule()
    {
        var create = Source.Read("src/Scoring/Contests/DecideCommand.cs").Split("CommandDecision Create(")[1]
            .Split("CommandDecision Submit(")[0];
        var sources = create + Source.Read("src/Contracts/Contests/ValidateDefinition.cs")
            + Source.Read("src/Contracts/Challenges/ValidateChallenge.cs");
        string[] reasons =
            [.. Regex.Matches(sources, @"Reasons\.(\w+)").Select(m => m.Groups[1].Value).Distinct()
                .Select(name => (string)typeof(Reasons).GetField(name)!.GetValue(null)!), Reasons.CommandIdReused];

        Assert.True(reasons.Length >= 11);
        Assert.Equal(
            reasons.Order(StringComparer.Ordinal), CreateRefusals.All.Select(r => r.Reason).Order(StringComparer.Ordinal));
        Assert.All(reasons, r => Assert.Contains($"\n  {r}\n    ", s_help, StringComparison.Ordinal));
        Assert.All(CreateRefusals.All, r => Assert.All(r.Rules, rule => Assert.True(rule.Length > 20, rule)));
    }

    [Fact]
    public void Every_member_that_a_refusal_names_stands_in_the_help()
    {
        var sources = Source.Read("src/Contracts/Contests/ValidateDefinition.cs");
        var members = Regex.Matches(sources, "\"definition\\.([a-zA-Z]+)").Select(m => m.Groups[1].Value).Distinct().ToArray();

        Assert.True(members.Length >= 18);
        Assert.All(members, m => Assert.Matches($@"\b{m}\b", s_help));
    }

    [Fact]
    public void The_help_fits_a_terminal_of_80_columns() =>
        Assert.All(s_help.Split('\n'), line => Assert.True(line.Length <= HelpText.Columns, line));

    [Fact]
    public void The_definition_that_ships_is_accepted()
    {
        var sample = WireJson.Read<ContestDefinitionV1>(File.ReadAllBytes(Source.Full("samples/contest.json")));
        var rules = RuleSets.Find(sample.RuleSet.Name, sample.RuleSet.Version)!;

        var refusal = ValidateDefinition.Check(
            sample with { RuleSet = RuleSets.Ref(rules) }, sample.ContestId, "test", DateTimeOffset.UnixEpoch.AddYears(56));

        Assert.Null(refusal);
        Assert.Null(rules.Note);
    }
}
