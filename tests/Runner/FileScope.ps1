# The scope in which the tests of one file run: being a script file, it gives them a $script: scope of their own.
param($______body)
do { $______body.Invoke() } while ($false)
