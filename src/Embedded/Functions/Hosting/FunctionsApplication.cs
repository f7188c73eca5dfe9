namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Where <c>Program.cs</c> begins.</summary>
public class FunctionsApplication
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(new() { Args = args });
}
