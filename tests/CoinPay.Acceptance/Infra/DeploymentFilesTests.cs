using System.Text.RegularExpressions;
using CoinPay.Testing;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace CoinPay.Acceptance.Infra;

/// <summary>azure.yaml and the workflows: what they name exists, and no secret is stored for them.</summary>
public sealed partial class DeploymentFilesTests
{
    [Fact]
    public void The_workflow_deploys_in_a_Debian_container_with_a_token_and_without_stored_secrets()
    {
        string text = Read(".github/workflows/deploy.yml");
        YamlMappingNode workflow = Parse(text);
        Assert.Equal("write", workflow["permissions"]["id-token"].ToString());
        foreach (YamlNode job in ((YamlMappingNode)workflow["jobs"]).Children.Values)
        {
            Assert.StartsWith("debian:", job["container"].ToString(), StringComparison.Ordinal);
            Assert.Contains(
                ((YamlSequenceNode)job["steps"]).OfType<YamlMappingNode>(),
                step => step.Children.TryGetValue("run", out YamlNode? run)
                    && run.ToString().StartsWith("scripts/deploy.sh ", StringComparison.Ordinal));
        }
        Assert.DoesNotContain("secrets.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_workflow_that_checks_a_change_has_one_job_which_runs_what_anybody_can_run()
    {
        YamlMappingNode workflow = Parse(Read(".github/workflows/ci.yml"));
        YamlNode job = Assert.Single(((YamlMappingNode)workflow["jobs"]).Children).Value;
        IEnumerable<YamlMappingNode> steps = ((YamlSequenceNode)job["steps"]).OfType<YamlMappingNode>();
        Assert.StartsWith("debian:", job["container"].ToString(), StringComparison.Ordinal);
        Assert.Equal(".ci/run", steps.Last()["run"].ToString());
    }

    /// <summary>A tag can be moved to other code; the hash of a commit cannot.</summary>
    [Fact]
    public void Every_action_is_named_by_the_hash_of_a_commit_and_says_which_release_that_is()
    {
        string[] used = [.. Workflows().SelectMany(text => Used().Matches(text)).Select(action => action.Value.Trim())];
        Assert.NotEmpty(used);
        Assert.All(used, action => Assert.Matches(Pinned(), action));
    }

    [Fact]
    public void Nothing_that_is_downloaded_runs_unchecked_where_a_token_can_be_had()
    {
        string[] trusted = [.. Workflows().Where(text => text.Contains("id-token: write", StringComparison.Ordinal))];
        Assert.NotEmpty(trusted);
        Assert.All(trusted, text => Assert.DoesNotMatch(Unchecked(), text));
        Assert.All(
            ["curl -sL https://aka.ms/x | bash", "wget -qO- https://x |sudo sh -", "bash <(curl https://x)", "curl -o i.sh https://x && sh i.sh"],
            text => Assert.Matches(Unchecked(), text));
    }

    [Fact]
    public void Azd_takes_the_same_templates_scripts_and_outputs()
    {
        string text = Read("azure.yaml");
        YamlMappingNode project = Parse(text);
        Assert.True(File.Exists(PathOf($"{project["infra"]["path"]}/{project["infra"]["module"]}.bicepparam")));
        YamlNode service = Assert.Single(((YamlMappingNode)project["services"]).Children).Key;
        Assert.Contains($"'azd-service-name': '{service}'", Read("infra/app.bicep"), StringComparison.Ordinal);
        Assert.All(Script().Matches(text), script => Assert.True(File.Exists(PathOf(script.Value)), script.Value));
        string template = Read("infra/main.bicep");
        foreach (Match variable in Variable().Matches(text).Where(variable => variable.Value != "AZURE_RESOURCE_GROUP"))
            Assert.Contains($"output {variable.Value} string", template, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Workflows() =>
        Directory.EnumerateFiles(PathOf(".github/workflows")).Select(file => File.ReadAllText(file));

    private static string PathOf(string path) => Path.Combine(RepositoryFiles.Root, path);

    private static string Read(string path) => File.ReadAllText(PathOf(path));

    private static YamlMappingNode Parse(string text)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(text));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    [GeneratedRegex(@"uses:.*", RegexOptions.NonBacktracking)]
    private static partial Regex Used();

    [GeneratedRegex(@"^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", RegexOptions.NonBacktracking)]
    private static partial Regex Pinned();

    [GeneratedRegex(
        @"\|\s*(sudo\s+)?(ba|z|da)?sh\b|(ba|z|da)?sh\s+<\(|(curl|wget)[^\n]*(&&|;)\s*(sudo\s+)?(ba|z|da)?sh\s",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Unchecked();

    [GeneratedRegex(@"scripts/[a-z/-]+\.sh", RegexOptions.NonBacktracking)]
    private static partial Regex Script();

    [GeneratedRegex(@"(?<=\$)[A-Za-z_]{2,}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
